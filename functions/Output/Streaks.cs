using System.Globalization;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>Which part of an outcome is news for a user of --watch.</summary>
internal enum News
{
    /// <summary>Nothing: as before, it succeeded without changes.</summary>
    Nothing,

    /// <summary>Everything.</summary>
    All,

    /// <summary>Only that it failed again for the same reason.</summary>
    Again,

    /// <summary>Only that it succeeds again.</summary>
    Recovered,
}

/// <summary>Consecutive failures for the same reason.</summary>
internal sealed record Streak(string Reason, int Count, DateTimeOffset Since);

/// <summary>Counts repeated failures, so that --watch does not repeat the same report at every tick.</summary>
internal sealed class Streaks(TimeProvider time)
{
    private readonly Dictionary<string, Streak> _failing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _warnings = new(StringComparer.Ordinal);

    public (News News, Streak? Streak) Next(MirrorOutcome outcome)
    {
        var (news, streak) = Next(outcome.Mirror, outcome.IsGood ? null : outcome.Error?.Reason.Word ?? "");
        return (news == News.Nothing && outcome.Kind == OutcomeKind.Updated ? News.All : news, streak);
    }

    /// <param name="reason">Null after a success.</param>
    public (News News, Streak? Streak) Next(string what, string? reason)
    {
        var before = _failing.GetValueOrDefault(what);
        if (reason is null)
        {
            _failing.Remove(what);
            return (before is null ? News.Nothing : News.Recovered, before);
        }
        var isSame = before?.Reason == reason;
        var streak = isSame ? before! with { Count = before!.Count + 1 } : new Streak(reason, 1, time.GetUtcNow());
        _failing[what] = streak;
        return (isSame ? News.Again : News.All, streak);
    }

    /// <summary>The warnings of a run, unless the last run had the same.</summary>
    public IReadOnlyList<string> NewWarnings(MirrorOutcome outcome)
    {
        var text = string.Join('\n', outcome.Warnings);
        var isSame = _warnings.GetValueOrDefault(outcome.Mirror, "") == text;
        _warnings[outcome.Mirror] = text;
        return isSame ? [] : outcome.Warnings;
    }

    /// <summary>"12th time, since 09:14".</summary>
    public string Words(Streak streak) => $"{Ordinal(streak.Count)} time, since {Since(streak)}";

    /// <summary>"after 12 failures since 09:14".</summary>
    public string WordsAfter(Streak streak) => $"after {Quantity.Of(streak.Count, "failure")} since {Since(streak)}";

    private string Since(Streak streak)
    {
        var (since, now) = (TimeZoneInfo.ConvertTime(streak.Since, time.LocalTimeZone), time.GetLocalNow());
        return since.ToString(since.Date == now.Date ? "HH:mm" : "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private static string Ordinal(int count) => (count % 100, count % 10) switch
    {
        (11 or 12 or 13, _) => $"{count}th",
        (_, 1) => $"{count}st",
        (_, 2) => $"{count}nd",
        (_, 3) => $"{count}rd",
        _ => $"{count}th",
    };
}
