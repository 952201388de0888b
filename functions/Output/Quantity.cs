using System.Globalization;

namespace Mirror.Functions.Output;

/// <summary>Formats numbers for people.</summary>
internal static class Quantity
{
    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB"];

    public static string Bytes(double size)
    {
        var unit = 0;
        for (; size >= 1000 && unit < Units.Length - 1; unit++)
        {
            size /= 1000;
        }
        return unit == 0 ? $"{size:0} B" : string.Create(CultureInfo.InvariantCulture, $"{size:0.0} {Units[unit]}");
    }

    public static string Time(TimeSpan span) => span.TotalSeconds < 60
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}:{span.Minutes:00}:{span.Seconds:00}");

    /// <summary>A configured time span, in the largest unit of which it is a multiple.</summary>
    public static string Exactly(TimeSpan span) => (long)span.TotalSeconds switch
    {
        >= 2 * 86400 and var seconds when seconds % 86400 == 0 => $"{seconds / 86400} days",
        var seconds when seconds % 3600 == 0 => $"{seconds / 3600} h",
        var seconds when seconds % 60 == 0 => $"{seconds / 60} min",
        var seconds => $"{seconds} s",
    };

    /// <summary>A time span in its largest unit.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalSeconds: < 1 } => "none",
        { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
        { TotalDays: < 2 } => $"{(int)span.TotalHours} h",
        _ => $"{(int)span.TotalDays} days",
    };

    public static string Refs(int count) => Of(count, "ref");

    public static string Of(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    public static string Ago(DateTimeOffset at, DateTimeOffset now) => (now - at) switch
    {
        { TotalMinutes: < 1 } => "just now",
        { TotalHours: < 1 } span => $"{(int)span.TotalMinutes} min ago",
        { TotalDays: < 2 } span => $"{(int)span.TotalHours} h ago",
        var span => $"{(int)span.TotalDays} days ago",
    };
}
