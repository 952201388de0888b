using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>A URL of a remote over http or of a store. It matches itself and everything below it, by whole path segments.</summary>
/// <remarks>It decides where a password is sent. So <c>https://host/acme</c> must not match <c>https://host/acme-evil</c>, and
/// <c>https://host</c> must not match <c>https://host.evil.example</c>.</remarks>
public sealed record UrlPrefix
{
    private readonly Uri _url;
    private readonly string _path;

    private UrlPrefix(Uri url)
    {
        _url = url;
        _path = url.AbsolutePath.TrimEnd('/');
    }

    internal string Scheme => _url.Scheme;

    /// <summary>Of two matching prefixes, the one with the longer path wins.</summary>
    internal int PathSize => _path.Length;

    public static UrlPrefix Parse(string text)
    {
        ConfiguredUrl.RefuseSecrets(text);
        return Uri.TryCreate(text, UriKind.Absolute, out var url)
            && (url.Scheme is "https" or "http" || StoreKinds.Find(url.Scheme) is not null)
            && url.Host.Length > 0 && url.Query.Length == 0 && url.Fragment.Length == 0
            ? new UrlPrefix(url)
            : throw new FormatException(
                "credentials are for a URL such as https://host/, https://host/group/, az://account/container or s3://bucket");
    }

    public bool Matches(Uri url) =>
        url.Scheme == _url.Scheme
        && url.Port == _url.Port
        && url.IdnHost.Equals(_url.IdnHost, StringComparison.OrdinalIgnoreCase)
        && url.AbsolutePath.StartsWith(_path, StringComparison.Ordinal)
        && (url.AbsolutePath.Length == _path.Length || url.AbsolutePath[_path.Length] == '/');

    public bool Equals(UrlPrefix? other) => other is not null && ToString() == other.ToString();

    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    public override string ToString() => $"{_url.Scheme}://{_url.IdnHost}:{_url.Port}{_path}";
}
