using System.Diagnostics;
using System.Diagnostics.Metrics;
using Mirror.Mirroring;

namespace Mirror.Functions.Telemetry;

/// <summary>The telemetry of one run of one mirror: a span and counters.</summary>
internal static class RunSignals
{
    // From a small mirror without changes to the first run of a very large one, in seconds.
    private static readonly double[] Durations = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800];

    private static readonly Counter<long> Runs = Signals.Meter.CreateCounter<long>("mirror.runs", "{run}",
        "Runs of mirrors that have ended.");
    private static readonly Counter<long> Bytes = Signals.Meter.CreateCounter<long>("mirror.bytes", "By",
        "Bytes of packs that were sent, or of objects that were written.");
    private static readonly Histogram<double> Duration = Signals.Meter.CreateHistogram(
        "mirror.run.duration", "s", "How long runs took.", tags: null, new InstrumentAdvice<double>
        { HistogramBucketBoundaries = Durations });

    public static async Task<MirrorOutcome> ObserveAsync(string job, string mirror, Func<CancellationToken, Task<MirrorOutcome>> run,
        CancellationToken cancellation)
    {
        using var span = Signals.Spans.StartActivity(job);
        var began = Stopwatch.GetTimestamp();
        try
        {
            var outcome = await run(cancellation);
            Tell(span, job, outcome, Stopwatch.GetElapsedTime(began));
            return outcome;
        }
        // A bug, or Ctrl-C. The caller makes an outcome of it, or the process ends, but then the start time is not known any more.
        catch (Exception broken)
        {
            Tell(span, job, Broken(mirror, broken, cancellation), Stopwatch.GetElapsedTime(began));
            throw;
        }
    }

    private static MirrorOutcome Broken(string mirror, Exception broken, CancellationToken cancellation) => new(mirror, OutcomeKind.Failed)
    {
        // As the caller decides: a failure without a cancellation is a bug.
        Error = cancellation.IsCancellationRequested
            ? new MirrorError(Reason.Interrupted, "interrupted")
            : new MirrorError(Reason.Internal, broken.ToString()),
    };

    private static void Tell(Activity? span, string job, MirrorOutcome outcome, TimeSpan elapsed)
    {
        var kind = outcome.Kind.ToString().ToLowerInvariant();
        TagList tags = [new("mirror.job", job), new("mirror.outcome", kind)];
        Duration.Record(elapsed.TotalSeconds, tags);
        if (outcome.Error is { } error)
        {
            tags.Add("mirror.reason", error.Reason.Word);
        }
        Runs.Add(1, tags);
        Bytes.Add(outcome.Bytes, new KeyValuePair<string, object?>("mirror.job", job));
        if (span is not null)
        {
            Describe(span, outcome, kind);
        }
    }

    private static void Describe(Activity span, MirrorOutcome outcome, string kind)
    {
        span.SetTag("mirror.name", outcome.Mirror).SetTag("mirror.outcome", kind)
            .SetTag("mirror.sequence", outcome.Sequence).SetTag("mirror.bundle", outcome.Bundle?.ToString().ToLowerInvariant())
            .SetTag("mirror.bytes", outcome.Bytes)
            .SetTag("mirror.refs.created", outcome.Refs.Created).SetTag("mirror.refs.updated", outcome.Refs.Updated)
            .SetTag("mirror.refs.deleted", outcome.Refs.Deleted).SetTag("mirror.refs.rejected", outcome.Refs.Rejected)
            .SetTag("mirror.reason", outcome.Error?.Reason.Word);
        if (outcome is { Kind: OutcomeKind.Failed, Error: { } error })
        {
            span.SetStatus(ActivityStatusCode.Error, $"{error.Reason}: {error.Message}");
        }
    }
}
