namespace Mirror.Functions.Telemetry;

/// <summary>Finds the secrets in the exporter's variables. Each secret is redacted in every text, so a value that only names the owner of
/// the telemetry must not be one: in <c>x-honeycomb-dataset=mirror</c> the word occurs in every line of the log.</summary>
internal static class ExportSecrets
{
    // As with ping URLs: shorter words, and words without a digit, occur in other texts too.
    private const int MinKeySize = 16;

    // x-honeycomb-team has the key itself as its value.
    private static readonly string[] NamesOfKeys = ["auth", "key", "token", "secret", "password", "team", "sig"];

    /// <summary>For <c>authorization=Bearer%20TOKEN,other=VALUE</c>: the value as written and as sent, and the token alone.</summary>
    public static IEnumerable<string> InHeaders(string? headers) =>
        (headers ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).SelectMany(InPair);

    public static IEnumerable<string> InEndpoint(string? endpoint) => (endpoint, ExportSettings.UrlIn(endpoint)) switch
    {
        (null or "", _) => [],
        (_, { } url) => [.. InUserInfo(url.UserInfo), .. InQuery(url.Query.TrimStart('?'))],
        // Not a URL, so it may be anything. A single word is not a key, and may be a common name.
        ({ } text, null) => text.All(char.IsAsciiLetter) ? [] : [text],
    };

    private static IEnumerable<string> InUserInfo(string userInfo) =>
        userInfo.Length == 0 ? [] : [userInfo, Uri.UnescapeDataString(userInfo[(userInfo.IndexOf(':', StringComparison.Ordinal) + 1)..])];

    /// <summary>The whole query, which occurs in no other text, and each part that looks like a key.</summary>
    private static IEnumerable<string> InQuery(string query) =>
        query.Length == 0 ? [] : [query, .. query.Split('&', StringSplitOptions.RemoveEmptyEntries).SelectMany(InPair)];

    private static IEnumerable<string> InPair(string pair)
    {
        var mark = pair.IndexOf('=', StringComparison.Ordinal);
        var (name, value) = (pair[..Math.Max(mark, 0)], pair[(mark + 1)..].Trim());
        var sent = Uri.UnescapeDataString(value);
        // A value without a name may be anything.
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
