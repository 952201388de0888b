using Mirror.Storage.Drivers;

namespace Mirror.Storage.Azure;

/// <summary>The syntax of <c>az://</c>, and the logins for it.</summary>
internal sealed class AzureKind : StoreKind
{
    private static readonly LoginKey ConnectionString = new("connection_string")
    {
        Variable = "AZURE_STORAGE_CONNECTION_STRING",
        SecretParts = AzureLogin.SecretPartsOf,
    };

    private static readonly LoginKey Signature = new("sas")
    {
        Variable = "AZURE_STORAGE_SAS_TOKEN",
        SecretParts = AzureLogin.SecretPartsOf,
    };

    // Declared after the keys, since static fields are initialised in order.
    public static readonly AzureKind Instance = new();

    private AzureKind()
    {
    }

    public override string Scheme => "az";

    public override string Form => "az://ACCOUNT/CONTAINER[/PREFIX]";

    public override string ObjectForm => "az://ACCOUNT/CONTAINER/KEY";

    public override IReadOnlyList<LoginWay> Logins { get; } = [new(ConnectionString), new(Signature)];

    public static AzureLogin LoginOf(LoginValues login) =>
        login.Secrets.TryGetValue(Signature.Name, out var signature) ? new AzureLogin.Signature(signature)
        : login.Secrets.TryGetValue(ConnectionString.Name, out var text) ? new AzureLogin.ConnectionString(text)
        : new AzureLogin.Machine();

    internal override StoreLocation Parse(string text, string directory)
    {
        if (LocationQuery.Split(ref text, "endpoint") is not { } query || text.AsSpan().ContainsAny("#@"))
        {
            throw new FormatException("az:// takes endpoint=… alone and no user: a token in a file would be a secret in a file");
        }
        var (account, rest) = LocationText.SplitOff(text);
        var (container, prefix) = LocationText.SplitOff(rest);
        // The rules of "Naming and referencing containers, blobs and metadata" and of storage account names.
        if (account.Length is < 3 or > 24 || !account.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            throw new FormatException("az://ACCOUNT: an account is 3 to 24 lower case letters and digits");
        }
        return container.Length is >= 3 and <= 63
            && container.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && container[0] != '-' && container[^1] != '-' && !container.Contains("--", StringComparison.Ordinal)
            ? new AzureLocation(account, container, LocationText.CheckPrefix(prefix)) { Endpoint = LocationText.ParseEndpoint(query) }
            : throw new FormatException("az://ACCOUNT/CONTAINER: a container is 3 to 63 lower case letters, digits and single hyphens");
    }
}
