using System.Text.RegularExpressions;

namespace Mirror.Functions.Telemetry;

/// <summary>URLs in the texts of others: the runtime quotes that of a proxy with its user and password.</summary>
internal static partial class UrlText
{
    /// <summary>Without what stands between a scheme and an @. A password in it may be too short to be redacted by its value.</summary>
    public static string WithoutUserInfo(string text) =>
        text.Contains("://", StringComparison.Ordinal) ? UserInfo().Replace(text, "://***@") : text;

    // Up to the last @ before the path: a password may hold one, or an apostrophe, and what is a URL to the runtime holds no slash there.
    [GeneratedRegex("""://[^\s"/?#]*@""")]
    private static partial Regex UserInfo();
}
