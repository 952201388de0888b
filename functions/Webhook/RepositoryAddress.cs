using Mirror.Git;

namespace Mirror.Functions.Webhook;

/// <summary>Which repository a URL means, however it is reached: without scheme, user, <c>.git</c> and slashes around the path.</summary>
/// <param name="Text">Host and path. Without case: the large forges' paths have none
/// either, and one hit too many costs one look at a source.</param>
internal readonly record struct RepositoryAddress(string Text)
{
    // As an address of git:// is for machines that ssh reaches as well; RemoteUrl has no such scheme.
    private const string GitScheme = "git://";

    public static RepositoryAddress Of(RemoteUrl url)
    {
        var port = url.Port is { } number && !(url.Scheme == RemoteScheme.Ssh && number == 22) ? $":{number}" : "";
        var path = (url.Scheme is RemoteScheme.Http or RemoteScheme.Https ? Uri.UnescapeDataString(url.Path) : url.Path).Trim('/');
        path = path.EndsWith(".git", StringComparison.OrdinalIgnoreCase) ? path[..^".git".Length].TrimEnd('/') : path;
        return new RepositoryAddress($"{url.Host}{port}/{path}".ToUpperInvariant());
    }

    /// <summary>Null where no mirror's source can be written so.</summary>
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
