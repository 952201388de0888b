using System.Diagnostics.Metrics;
using Mirror.Functions.Telemetry;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>What is counted of a run that has no outcome of its own.</summary>
public sealed class RunSignalsTests
{
    [Theory]
    [InlineData(false, "internal")]
    [InlineData(true, "interrupted")]
    public async Task Only_who_was_interrupted_is_counted_as_that(bool isInterrupted, string reason)
    {
        var job = $"run-{isInterrupted}";
        var reasons = new List<string?>();
        using var listener = ListenTo(job, reasons);

        await Assert.ThrowsAsync<OperationCanceledException>(() => RunSignals.ObserveAsync(
            job, "ce/routy", _ => throw new OperationCanceledException(), new CancellationToken(isInterrupted)));

        Assert.Equal([reason], reasons);
    }

    private static MeterListener ListenTo(string job, List<string?> reasons)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument is { Name: "mirror.runs", Meter.Name: Signals.Name })
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            var told = tags.ToArray().ToDictionary();
            if (job.Equals(told["mirror.job"]))
            {
                reasons.Add(told["mirror.reason"] as string);
            }
        });
        listener.Start();
        return listener;
    }
}
