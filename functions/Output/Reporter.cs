using Mirror.Functions.Commands;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>Says what happens, as the options ask for it: results on standard output, all else on standard error.</summary>
internal sealed class Reporter(RunOptions options, Func<string, string> redact, TimeProvider time)
{
    private LiveView? _live;

    public string Command => options.Command;

    public bool IsDryRun => options.DryRun;

    /// <summary>What a summary calls the kinds of outcomes.</summary>
    public Func<OutcomeKind, string> Kinds { get; init; } = kind => kind.ToString().ToLowerInvariant();

    /// <summary>Says a result in words.</summary>
    public Func<MirrorOutcome, string> Describe { get; init; } = outcome => OutcomeText.Result(outcome, options.DryRun);

    /// <summary>Does the work with a live view beside it, where a person sits at a terminal to see it.</summary>
    public async Task WatchAsync(Func<int, Task> work)
    {
        if (Console.IsErrorRedirected || options.Quiet || Environment.GetEnvironmentVariable("TERM") == "dumb")
        {
            await work(options.Parallel);
            return;
        }
        _live = new LiveView(Console.Error, Clean, time);
        await _live.RunAsync(() => work(options.Parallel));
        _live = null;
    }

    public TransferMeter Begin(string mirror)
    {
        var meter = new TransferMeter
        {
            IsWatched = _live is not null,
            Note = options.Quiet ? null : note => WriteError($"{mirror}: {note}"),
        };
        _live?.Add(mirror, meter);
        return meter;
    }

    public void End(TransferMeter meter, MirrorOutcome outcome)
    {
        _live?.Remove(meter);
        if (options.Json)
        {
            WriteResult(OutcomeJson.Line(outcome, redact));
        }
        else
        {
            WriteText(outcome);
        }
        foreach (var warning in outcome.Warnings)
        {
            WriteError($"warning: {outcome.Mirror}: {warning}");
        }
        foreach (var line in OutcomeText.Error(outcome))
        {
            WriteError(line);
        }
    }

    public void Summarize(IReadOnlyCollection<MirrorOutcome> outcomes)
    {
        if (outcomes.Count > 1 && !options.Quiet)
        {
            var kinds = outcomes.GroupBy(outcome => outcome.Kind).OrderBy(kind => kind.Key)
                .Select(kind => $"{kind.Count()} {Kinds(kind.Key)}");
            WriteError($"{outcomes.Count} mirrors: {string.Join(", ", kinds)}");
        }
    }

    private void WriteText(MirrorOutcome outcome)
    {
        if (options.Quiet)
        {
            return;
        }
        WriteResult(Clean(Describe(outcome)));
        if (options.DryRun || options.Verbose)
        {
            foreach (var line in OutcomeText.Changes(outcome))
            {
                WriteResult(Clean(line));
            }
        }
    }

    private void WriteResult(string line) => Write(line, Console.IsOutputRedirected ? null : _live, Console.Out);

    private void WriteError(string line) => Write(Clean(line), _live, Console.Error);

    private string Clean(string line) => Printable.Line(redact(line));

    /// <summary>Where a live view is on the same terminal, the line must go above what is being redrawn.</summary>
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
