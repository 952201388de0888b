using System.Globalization;

namespace Mirror.Storage.Azure;

/// <summary>The public fields of a shared access signature, without the signature itself.
/// They may be in a stored policy instead.</summary>
/// <param name="Permissions">The letters of <c>sp</c>; null if a policy has them.</param>
internal sealed record AzureSignature(string? Permissions, DateTimeOffset? Start, DateTimeOffset? Expiry)
{
    /// <param name="text"><c>sv=…&amp;sp=rl&amp;se=…&amp;sig=…</c>, with or without a question mark and the text before it.</param>
    /// <returns>Null if the text is not a signature.</returns>
    public static AzureSignature? Parse(string text)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var field in text[(text.IndexOf('?', StringComparison.Ordinal) + 1)..].Split('&'))
        {
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            fields[field[..Math.Max(equals, 0)]] = Uri.UnescapeDataString(field[(equals + 1)..]);
        }
        return fields.ContainsKey("sig")
            ? new AzureSignature(fields.GetValueOrDefault("sp"), Time(fields.GetValueOrDefault("st")), Time(fields.GetValueOrDefault("se")))
            : null;
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
