using System.Collections.Concurrent;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>Opens the stores that a configuration names, as who it says; else as
/// the variables say that the vendors' own tools read.</summary>
internal sealed class StoreAccess(IReadOnlyList<CredentialRule> rules, SecretReader secrets, TimeProvider time)
{
    private const string ConnectionString = "AZURE_STORAGE_CONNECTION_STRING";
    private const string SasToken = "AZURE_STORAGE_SAS_TOKEN";

    // Whoever waits for a lease must do so by one store: it remembers since when the holder is silent.
    private readonly ConcurrentDictionary<StoreLocation, ObjectStore> _stores = new();

    public ObjectStore Open(StoreLocation location) => _stores.GetOrAdd(location, OpenNew);

    private ObjectStore OpenNew(StoreLocation location) => location switch
    {
        AzureLocation azure => ObjectStore.OpenAzure(
            new AzureAddress(azure.Account, azure.Container, azure.Prefix) { Endpoint = azure.Endpoint }, AzureLoginAt(location), time),
        S3Location s3 => ObjectStore.OpenS3(
            new S3Address(s3.Bucket, s3.Prefix)
            {
                Region = s3.Region,
                Endpoint = s3.Endpoint,
                StorageClass = s3.StorageClass
            }, S3LoginAt(location), time),
        _ => ObjectStore.OpenDirectory(((DirectoryLocation)location).Path, time),
    };

    private AzureLogin AzureLoginAt(StoreLocation location) => RuleFor(location) switch
    {
        AzureConnectionString login => new AzureLogin.ConnectionString(Source(login.Text)),
        AzureSignature login => new AzureLogin.Signature(Source(login.Token)),
        _ when IsSet(ConnectionString) => new AzureLogin.ConnectionString(Source(Variable(ConnectionString))),
        _ when IsSet(SasToken) => new AzureLogin.Signature(Source(Variable(SasToken))),
        _ => new AzureLogin.Machine(),
    };

    private S3Login S3LoginAt(StoreLocation location) => RuleFor(location) switch
    {
        S3Profile login => new S3Login.Profile(login.Name),
        S3AccessKeys login => new S3Login.Keys(async (age, cancellation) => new S3Keys(
            await ReadAsync(login.AccessKey, age, cancellation),
            await ReadAsync(login.SecretKey, age, cancellation),
            login.SessionToken is { } token ? await ReadAsync(token, age, cancellation) : null)),
        _ => new S3Login.Machine(),
    };

    private ConfiguredLogin? RuleFor(StoreLocation location) => CredentialRule.Find(rules, new Uri(location.ToString()))?.Login;

    private LoginSource<string> Source(SecretReference reference) => async (age, cancellation) =>
    {
        var text = await ReadAsync(reference, age, cancellation);
        RegisterParts(text, secrets);
        return text;
    };

    /// <summary>Of a connection string or a signature, what makes it good: it may be shown apart from what is around it.</summary>
    internal static void RegisterParts(string text, SecretReader secrets)
    {
        foreach (var name in new[] { "AccountKey=", "sig=" })
        {
            if (text.IndexOf(name, StringComparison.OrdinalIgnoreCase) is >= 0 and var at)
            {
                var value = text[(at + name.Length)..].Split(';', '&')[0];
                secrets.Register(value);
                secrets.Register(Uri.UnescapeDataString(value));
            }
        }
    }

    private async ValueTask<string> ReadAsync(SecretReference reference, LoginAge age, CancellationToken cancellation)
    {
        try
        {
            return await secrets.ReadAsync(reference, age, cancellation);
        }
        catch (SecretException missing)
        {
            throw new LoginException(missing.Message, missing) { IsTransient = missing.IsTransient };
        }
    }

    private static SecretReference Variable(string name) => SecretReference.Parse($"env:{name}", "/");

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
