using System.Collections.Concurrent;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>Opens the stores that a configuration names, with the configured login,
/// or else with the login variables of the vendors' own tools.</summary>
internal sealed class StoreAccess(IReadOnlyList<CredentialRule> rules, SecretReader secrets, TimeProvider time)
{
    // One instance per location: to wait for a lease, the same store must be used,
    // since it remembers how long the holder has been silent.
    private readonly ConcurrentDictionary<StoreLocation, ObjectStore> _stores = new();

    public ObjectStore Open(StoreLocation location) => _stores.GetOrAdd(location, OpenNew);

    private ObjectStore OpenNew(StoreLocation location)
    {
        var login = RuleFor(location) ?? FromVariables(location.Kind);
        return ObjectStore.Open(location, login is null ? LoginValues.None : ValuesOf(login), time);
    }

    private StoreLogin? RuleFor(StoreLocation location) =>
        location.Kind.Logins.Count == 0 ? null : CredentialRule.Find(rules, new Uri(location.ToString()))?.Login as StoreLogin;

    private static StoreLogin? FromVariables(StoreKind kind)
    {
        var key = kind.Logins.SelectMany(way => way.Keys).FirstOrDefault(key => key.Variable is { } variable && IsSet(variable));
        return key is null ? null : new StoreLogin(
            new Dictionary<LoginKey, SecretReference> { [key] = SecretReference.Parse($"env:{key.Variable}", "/") },
            new Dictionary<LoginKey, string>());
    }

    private LoginValues ValuesOf(StoreLogin login) => new()
    {
        Secrets = login.Secrets.ToDictionary(pair => pair.Key.Name, pair => Source(pair.Key, pair.Value)),
        Words = login.Words.ToDictionary(pair => pair.Key.Name, pair => pair.Value),
    };

    private LoginSource<string> Source(LoginKey key, SecretReference reference) => async (age, cancellation) =>
    {
        try
        {
            var text = await secrets.ReadAsync(reference, age, cancellation);
            Register(key.SecretParts(text), secrets);
            return text;
        }
        catch (SecretException missing)
        {
            throw new LoginException(missing.Message, missing) { IsTransient = missing.IsTransient };
        }
    };

    /// <summary>Registers the secret parts of a signature, which may also be shown without the text around them.</summary>
    internal static void RegisterParts(string text, SecretReader secrets) => Register(AzureLogin.SecretPartsOf(text), secrets);

    private static void Register(IEnumerable<string> values, SecretReader secrets)
    {
        foreach (var value in values)
        {
            secrets.Register(value);
        }
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
