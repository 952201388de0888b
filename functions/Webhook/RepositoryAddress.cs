using Mirror.Git;

namespace Mirror.Functions.Webhook;

/// <summary>The address of a repository, independent of the protocol:
/// without scheme, user, <c>.git</c> and slashes around the path.</summary>
/// <param name="Text">Host and path. Compared without case, as the paths of the large forges are.
/// A false match only costs one look at a source.</param>
internal readonly record struct RepositoryAddress(string Text)
{
    // A git:// URL has the same host and path as its ssh URL, but RemoteUrl does not know the scheme.
    private const string GitScheme = "git://";

    public static RepositoryAddress Of(RemoteUrl url)
    {
        var port = url.Port is { } number && !(url.Scheme == RemoteScheme.Ssh && number == 22) ? $":{number}" : "";
        var path = (url.Scheme is RemoteScheme.Http or RemoteScheme.Https ? Uri.UnescapeDataString(url.Path) : url.Path).Trim('/');
        path = path.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? path[..^".git".Length].TrimEnd('/') : path;
        return new RepositoryAddress($"{url.Host}{port}/{path}".ToUpperInvariant());
    }

    /// <summary>Null if no mirror's source can have this address.</summary>
    public static RepositoryAddress? TryParse(string text)
    {
        try
        {
            var known = text.StartsWith(GitScheme, StringComparison.OrdinalIgnoreCase) ? $"ssh://{text[GitScheme.Length..]}" : text;
            return Of(RemoteUrl.Parse(known, "/"));
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
