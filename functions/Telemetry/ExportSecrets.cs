namespace Mirror.Functions.Telemetry;

/// <summary>What the variables of the exporter hold that nobody may see. What is
/// taken for a secret is taken out of every text, so what only says whose
/// the telemetry is (<c>x-honeycomb-dataset=mirror</c>) must not be: the word stands in every line of the log.</summary>
internal static class ExportSecrets
{
    // As of the parts of a ping's URL: shorter words, and those without a digit, stand in other texts too.
    private const int MinKeySize = 16;

    // x-honeycomb-team has the key of that name.
    private static readonly string[] NamesOfKeys = ["auth", "key", "token", "secret", "password", "team", "sig"];

    /// <summary>Of <c>authorization=Bearer%20TOKEN,other=VALUE</c>: each value, as
    /// it stands and as it is sent, and the token alone.</summary>
    public static IEnumerable<string> InHeaders(string? headers) =>
        (headers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(InPair);

    public static IEnumerable<string> InEndpoint(string? endpoint) => (endpoint, ExportSettings.UrlIn(endpoint)) switch
    {
        (null or "", _) => [],
        (_, { } url) => [.. InUserInfo(url.UserInfo), .. InQuery(url.Query.TrimStart('?'))],
        // Whatever it is. A word is no key, and may be anybody's name.
        ({ } text, null) => text.All(char.IsAsciiLetter) ? [] : [text],
    };

    private static IEnumerable<string> InUserInfo(string userInfo) =>
        userInfo.Length == 0 ? [] : [userInfo, Uri.UnescapeDataString(userInfo[(userInfo.IndexOf(':', StringComparison.Ordinal) + 1)..])];

    /// <summary>The whole, which stands in no other text, and what looks like a key by itself.</summary>
    private static IEnumerable<string> InQuery(string query) =>
        query.Length == 0 ? [] : [query, .. query.Split('&', StringSplitOptions.RemoveEmptyEntries).SelectMany(InPair)];

    private static IEnumerable<string> InPair(string pair)
    {
        var mark = pair.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = (pair[..Math.Max(mark, 0)], pair[(mark + 1)..].Trim());
        var sent = Uri.UnescapeDataString(value);
        // Without a name, nobody knows what it is.
        var isKey = mark < 0 || Array.Exists(NamesOfKeys, word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
        var token = sent[(sent.LastIndexOf(' ') + 1)..];
        if (isKey || LooksLikeKey(sent))
        {
            yield return value;
            yield return sent;
        }
        if (isKey || LooksLikeKey(token))
        {
            yield return token;
        }
    }

    private static bool LooksLikeKey(string text) => text.Length >= MinKeySize && text.Any(char.IsAsciiDigit);
}
