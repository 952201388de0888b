using System.Globalization;
using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Timers;

/// <summary>
/// One field of a schedule: <c>*</c>, <c>5</c>, <c>1-5</c>, <c>*/15</c>, <c>10-40/10</c>, <c>5/20</c>, <c>mon-fri</c>, and lists of them.
/// </summary>
internal static class CronField
{
    /// <summary>Which values are allowed, by value.</summary>
    public static bool[] Parse(string text, (string Name, int Least, int Most, string Words) field)
    {
        var allowed = new bool[field.Most + 1];
        foreach (var item in text.Split(','))
        {
            foreach (var value in Values(item) ?? throw new FunctionRefusedException($"'{text}' is not a {field.Name} of a schedule"))
            {
                allowed[value] = true;
            }
        }
        return allowed;

        IEnumerable<int>? Values(string item)
        {
            var parts = item.Split('/');
            var ends = parts[0].Split('-');
            var step = parts.Length == 1 ? 1 : Number(parts[1]) ?? 0;
            var first = parts[0] == "*" ? field.Least : Number(ends[0]) ?? Word(ends[0]);
            var last = ends.Length == 2 ? Number(ends[1]) ?? Word(ends[1])
                : parts[0] == "*" || parts.Length == 2 ? field.Most
                : first;
            return parts.Length <= 2 && ends.Length <= 2 && step > 0 && first >= field.Least && first <= last && last <= field.Most
                ? Enumerable.Range(first.Value, last.Value - first.Value + 1).Where(value => (value - first) % step == 0)
                : null;
        }

        int? Word(string word) => word.Length == 3
            && field.Words.IndexOf(word, StringComparison.OrdinalIgnoreCase) is >= 0 and var at && at % 3 == 0
            ? field.Least + at / 3
            : null;
    }

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
