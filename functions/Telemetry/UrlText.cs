using System.Text.RegularExpressions;

namespace Mirror.Functions.Telemetry;

/// <summary>URLs in texts of other programs. The runtime, for instance, quotes a proxy's URL with user and password.</summary>
internal static partial class UrlText
{
    /// <summary>Replaces the text between the scheme and the @. A password there may be too short to be redacted by its value.</summary>
    public static string WithoutUserInfo(string text) =>
        text.Contains("://", StringComparison.Ordinal) ? UserInfo().Replace(text, "://***@") : text;

    // Up to the last @ before the path: a password may contain an @ or an apostrophe,
    // and a URL that the runtime accepts has no slash there.
    [GeneratedRegex("""://[^\s"/?#]*@""")]
    private static partial Regex UserInfo();
}
