namespace Mirror.Mirroring;

/// <summary>Where objects are kept: a directory, <c>az://ACCOUNT/CONTAINER[/PREFIX]</c>
/// or <c>s3://BUCKET[/PREFIX]?region=…&amp;endpoint=…&amp;storage_class=…</c>.</summary>
public abstract record StoreLocation
{
    /// <summary>What every key begins with, without slashes around it; empty for none.</summary>
    public string Prefix { get; private protected init; } = "";

    /// <summary>Reads a location; a relative directory is relative to <paramref name="directory"/>.</summary>
    /// <remarks>The errors do not quote: a mistaken location is apt to have a SAS token or a key in it.</remarks>
    public static StoreLocation Parse(string text, string directory)
    {
        var schemeEnd = text.IndexOf("://", StringComparison.Ordinal);
        return (schemeEnd < 0 ? "" : text[..schemeEnd]) switch
        {
            "az" => AzureLocation.Parse(text["az://".Length..]),
            "s3" => S3Location.Parse(text["s3://".Length..]),
            "" when text.Length > 0 && !IsSchemeOnly(text) => new DirectoryLocation(Path.GetFullPath(text, directory)),
            _ => throw new FormatException("is a directory, az://ACCOUNT/CONTAINER[/PREFIX] or s3://BUCKET[/PREFIX]"),
        };
    }

    /// <summary>Reads the location of one object in a cloud's store: the last part of its path is the object's key.</summary>
    public static (StoreLocation Store, string Key) ParseObject(string text)
    {
        var location = Parse(text, "/");
        var slash = location.Prefix.LastIndexOf('/');
        return location.Prefix.Length > 0
            ? (location with { Prefix = location.Prefix[..Math.Max(slash, 0)] }, location.Prefix[(slash + 1)..])
            : throw new FormatException("names no object: az://ACCOUNT/CONTAINER/KEY or s3://BUCKET/KEY?region=…");
    }

    /// <summary>Whether what is written to one may end up in the other. Prefixes do not keep two stores in one bucket apart:
    /// who may read the one may read the other.</summary>
    public abstract bool Overlaps(StoreLocation other);

    private protected static string CheckPrefix(string prefix)
    {
        var trimmed = prefix.TrimEnd('/');
        return trimmed.Length == 0 || !trimmed.Split('/').Any(part => part is "" or "." or "..")
            ? trimmed
            : throw new FormatException("a prefix has no empty, '.' or '..' part");
    }

    private protected static (string First, string Remainder) SplitOff(string text) =>
        text.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? (text[..slash], text[(slash + 1)..]) : (text, "");

    private protected static Uri? ParseEndpoint(LocationQuery query)
    {
        if (query["endpoint"] is not { } text)
        {
            return null;
        }
        ConfiguredUrl.RefuseSecrets(text);
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            ? url
            : throw new FormatException("endpoint: an http or https URL");
    }

    private static bool IsSchemeOnly(string text) =>
        text.Split(':', 2) is ["az" or "s3" or "file", _];
}

public sealed record DirectoryLocation : StoreLocation
{
    internal DirectoryLocation(string path) => Path = System.IO.Path.TrimEndingDirectorySeparator(path);

    /// <summary>An absolute path.</summary>
    public string Path { get; }

    public override bool Overlaps(StoreLocation other) =>
        other is DirectoryLocation directory && (IsWithin(Path, directory.Path) || IsWithin(directory.Path, Path));

    public override string ToString() => Path;

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : $"{folder}/", StringComparison.Ordinal);
}

public sealed record AzureLocation : StoreLocation
{
    private AzureLocation(string account, string container)
    {
        Account = account;
        Container = container;
    }

    public string Account { get; }

    public string Container { get; }

    /// <summary>The account's own URL, where it is not in Azure's public cloud.</summary>
    public Uri? Endpoint { get; private init; }

    internal static AzureLocation Parse(string text)
    {
        if (LocationQuery.Split(ref text, "endpoint") is not { } query || text.AsSpan().ContainsAny("#@"))
        {
            throw new FormatException("az:// takes endpoint=… alone and no user: a token in a file would be a secret in a file");
        }
        var (account, rest) = SplitOff(text);
        var (container, prefix) = SplitOff(rest);
        // The rules of "Naming and referencing containers, blobs and metadata" and of storage account names.
        if (account.Length is < 3 or > 24 || !account.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c)))
        {
            throw new FormatException("az://ACCOUNT: an account is 3 to 24 lower case letters and digits");
        }
        return container.Length is >= 3 and <= 63
            && container.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-')
            && container[0] != '-' && container[^1] != '-' && !container.Contains("--", StringComparison.Ordinal)
            ? new AzureLocation(account, container) { Prefix = CheckPrefix(prefix), Endpoint = ParseEndpoint(query) }
            : throw new FormatException("az://ACCOUNT/CONTAINER: a container is 3 to 63 lower case letters, digits and single hyphens");
    }

    public override bool Overlaps(StoreLocation other) =>
        other is AzureLocation azure && (azure.Account, azure.Container, azure.Authority) == (Account, Container, Authority);

    private string Authority => Endpoint?.Authority ?? $"{Account}.blob.core.windows.net";

    public override string ToString() => $"az://{Account}/{Container}{(Prefix.Length > 0 ? $"/{Prefix}" : "")}";
}

public sealed record S3Location : StoreLocation
{
    private S3Location(string bucket) => Bucket = bucket;

    public string Bucket { get; }

    public string? Region { get; private init; }

    /// <summary>The server, where it is not Amazon's.</summary>
    public Uri? Endpoint { get; private init; }

    /// <summary>Of bundles, as the server calls it: <c>STANDARD_IA</c>.</summary>
    public string? StorageClass { get; private init; }

    internal static S3Location Parse(string text)
    {
        var query = LocationQuery.Split(ref text, "region", "endpoint", "storage_class")
            ?? throw new FormatException("s3://…? takes region=…, endpoint=… and storage_class=…, each once");
        var (bucket, prefix) = SplitOff(text);
        // Amazon's rules are narrower now; older buckets and other servers also know capitals and underscores.
        return bucket.Length is >= 3 and <= 63 && bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && !bucket.Split('.').Contains("")
            ? new S3Location(bucket)
            {
                Prefix = CheckPrefix(prefix),
                Region = CheckWord(query, "region"),
                Endpoint = ParseEndpoint(query),
                StorageClass = CheckWord(query, "storage_class"),
            }
            : throw new FormatException("s3://BUCKET: a bucket is 3 to 63 letters, digits, dots and hyphens");
    }

    public override bool Overlaps(StoreLocation other) =>
        other is S3Location s3 && s3.Bucket == Bucket && s3.Authority == Authority;

    /// <summary>All of Amazon's hosts are one place.</summary>
    private string? Authority =>
        Endpoint?.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) == true ? null : Endpoint?.Authority;

    public override string ToString() => $"s3://{Bucket}{(Prefix.Length > 0 ? $"/{Prefix}" : "")}";

    private static string? CheckWord(LocationQuery query, string key) =>
        query[key] is not { } word || word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? query[key]
            : throw new FormatException($"{key}: letters, digits, hyphens and underscores");
}
