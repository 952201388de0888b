using System.Globalization;
using Mirror.Functions.Commands;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>Writes results to standard output and everything else to standard error, depending on the options.</summary>
internal sealed class Reporter(RunOptions options, OutcomeWording wording, TimeProvider time)
{
    // The key for failures of a tick before any mirror is known.
    private const string Plan = "";

    // Outcomes come one at a time, but ticks and notes may come at any time.
    private readonly Lock _writing = new();
    private readonly Streaks? _streaks = options.Watch is null ? null : new Streaks(time);
    private LiveView? _live;

    public TimeProvider Time => time;

    public string Command => options.Command;

    public bool IsDryRun => options.DryRun;

    /// <summary>Does the work with a live view, if a user sees it at a terminal.</summary>
    /// <param name="idle">The view's text while nothing runs.</param>
    public async Task ShowAsync(Func<Task> work, Func<string>? idle = null)
    {
        if (Console.IsErrorRedirected || options.Quiet || Environment.GetEnvironmentVariable("TERM") == "dumb")
        {
            await work();
            return;
        }
        _live = new LiveView(Console.Error, Clean, time) { Idle = idle ?? (() => "") };
        await _live.RunAsync(work);
        _live = null;
    }

    public TransferMeter Begin(string mirror)
    {
        var meter = new TransferMeter
        {
            IsWatched = _live is not null,
            Note = options.Quiet || (_streaks is not null && !options.Verbose) ? null : note => WriteError($"{mirror}: {note}"),
        };
        _live?.Add(mirror, meter);
        return meter;
    }

    public void End(TransferMeter meter, MirrorOutcome outcome)
    {
        lock (_writing)
        {
            _live?.Remove(meter);
            if (options.Json)
            {
                WriteResult(OutcomeJson.Line(outcome, options.Secrets.Redact));
            }
            if (_streaks is null)
            {
                WriteAll(outcome, outcome.Warnings);
            }
            else
            {
                WriteNews(_streaks, outcome);
            }
        }
    }

    public void Summarize(IReadOnlyCollection<MirrorOutcome> outcomes)
    {
        if (outcomes.Count > 1 && !options.Quiet)
        {
            var kinds = outcomes.GroupBy(outcome => outcome.Kind).OrderBy(kind => kind.Key)
                .Select(kind => $"{kind.Count()} {wording.Kind(kind.Key, options.DryRun)}");
            WriteError($"{outcomes.Count} mirrors: {string.Join(", ", kinds)}");
        }
    }

    /// <summary>Writes a line unless --quiet is set.</summary>
    public void Say(string line)
    {
        if (!options.Quiet)
        {
            WriteError(line);
        }
    }

    /// <summary>Writes a warning that is not about a run.</summary>
    public void Warn(string line) => WriteError(line);

    /// <summary>Reports a tick that could not begin.</summary>
    public void Trouble(string message)
    {
        lock (_writing)
        {
            var (news, streak) = _streaks!.Next(Plan, message);
            WriteError(news == News.Again
                ? $"error: still failing, {_streaks.Words(streak!)}: {message}"
                : $"error: {message}; trying again");
        }
    }

    /// <summary>Writes the warnings of a ping that was sent in place of a run.</summary>
    public void Warn(MirrorOutcome outcome)
    {
        lock (_writing)
        {
            WriteWarnings(outcome, _streaks!.NewWarnings(outcome));
        }
    }

    /// <summary>Reports that a tick could begin again.</summary>
    public void Mended()
    {
        lock (_writing)
        {
            if (_streaks!.Next(Plan, reason: null) is (News.Recovered, { } streak))
            {
                Say($"recovered, {_streaks.WordsAfter(streak)}");
            }
        }
    }

    /// <summary>"next run at 09:14:00".</summary>
    public string NextRun(DateTimeOffset at) =>
        $"next run at {TimeZoneInfo.ConvertTime(at, time.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture)}";

    private void WriteNews(Streaks streaks, MirrorOutcome outcome)
    {
        var (news, streak) = streaks.Next(outcome);
        var warnings = streaks.NewWarnings(outcome);
        if (options.Verbose)
        {
            WriteAll(outcome, outcome.Warnings);
            return;
        }
        switch (news)
        {
            case News.Again:
                if (outcome.Changes.Count > 0 && !options.Json)
                {
                    // Refs that moved are news, even if the rest fails as before.
                    WriteText(outcome);
                }
                var held = outcome.Kind == OutcomeKind.Held ? "held" : "failing";
                WriteError($"error: {outcome.Mirror}: still {held}, {streaks.Words(streak!)}: {outcome.Error?.Message}");
                WriteWarnings(outcome, warnings);
                break;
            case News.Nothing:
                WriteWarnings(outcome, warnings);
                break;
            case News.Recovered:
                Say($"{outcome.Mirror}: recovered, {streaks.WordsAfter(streak!)}");
                WriteAll(outcome, warnings);
                break;
            default:
                WriteAll(outcome, warnings);
                break;
        }
    }

    private void WriteAll(MirrorOutcome outcome, IReadOnlyList<string> warnings)
    {
        if (!options.Json)
        {
            WriteText(outcome);
        }
        WriteWarnings(outcome, warnings);
        foreach (var line in OutcomeText.Error(outcome))
        {
            WriteError(line);
        }
    }

    private void WriteWarnings(MirrorOutcome outcome, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
        {
            WriteError($"warning: {outcome.Mirror}: {warning}");
        }
    }

    private void WriteText(MirrorOutcome outcome)
    {
        if (options.Quiet)
        {
            return;
        }
        WriteResult(Stamped(wording.Describe(outcome, options.DryRun)));
        if (options.DryRun || options.Verbose)
        {
            foreach (var line in OutcomeText.Changes(outcome))
            {
                WriteResult(Stamped(line));
            }
        }
    }

    private void WriteResult(string line) => Write(line, Console.IsOutputRedirected ? null : _live, Console.Out);

    private void WriteError(string line) => Write(Stamped(line), _live, Console.Error);

    /// <summary>With --watch, adds the time, since these lines are read later.</summary>
    private string Stamped(string line) => _streaks is null
        ? Clean(line)
        : $"{time.GetLocalNow().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} {Clean(line)}";

    private string Clean(string line) => Printable.Line(options.Secrets.Redact(line));

    /// <summary>With a live view on the same terminal, the line goes above the one that is redrawn.</summary>
    private static void Write(string line, LiveView? live, TextWriter writer)
    {
        if (live is not null)
        {
            live.WriteLine(line);
            return;
        }
        writer.WriteLine(line);
    }
}
