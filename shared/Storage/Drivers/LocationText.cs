namespace Mirror.Storage.Drivers;

/// <summary>Parsing that the locations of several clouds share.</summary>
internal static class LocationText
{
    public static (string First, string Remainder) SplitOff(string text) =>
        text.IndexOf('/', StringComparison.Ordinal) is >= 0 and var slash ? (text[..slash], text[(slash + 1)..]) : (text, "");

    public static string CheckPrefix(string prefix)
    {
        var trimmed = prefix.TrimEnd('/');
        return trimmed.Length == 0 || !trimmed.Split('/').Any(part => part is "" or "." or "..")
            ? trimmed
            : throw new FormatException("a prefix has no empty, '.' or '..' part");
    }

    public static Uri? ParseEndpoint(LocationQuery query)
    {
        if (query["endpoint"] is not { } text)
        {
            return null;
        }
        var rest = text[(text.IndexOf("://", StringComparison.Ordinal) + 1)..];
        if (rest.Contains('@', StringComparison.Ordinal))
        {
            throw new FormatException("a URL in a file holds no user name or password: put them under 'credentials'");
        }
        if (rest.AsSpan().ContainsAny('?', '#'))
        {
            throw new FormatException("a URL here has no query and no fragment");
        }
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttps || url.Scheme == Uri.UriSchemeHttp)
            ? url
            : throw new FormatException("endpoint: an http or https URL");
    }
}
