using System.Globalization;

namespace Mirror.Mirroring;

/// <summary>A span of time as people write it: 30s, 5m, 1h, 1d, or seconds.</summary>
public static class Interval
{
    private const double Longest = 30 * 86400;

    public static TimeSpan Parse(string text)
    {
        var unit = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? text[^1] : 's';
        var number = text.Length > 0 && char.IsAsciiLetter(text[^1]) ? text[..^1] : text;
        double? factor = unit switch
        {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86400,
            _ => null,
        };
        return factor is { } seconds && double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * seconds is >= 1 and <= Longest
            ? TimeSpan.FromSeconds(value * seconds)
            : throw new FormatException($"{Quoted.Value(text)} is not an interval: write 30s, 5m, 1h or 1d, from a second to thirty days");
    }
}
