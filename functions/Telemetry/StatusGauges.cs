using System.Diagnostics.Metrics;
using Mirror.Functions.Status;

namespace Mirror.Functions.Telemetry;

/// <summary>Gauges with the status of every mirror, from the last look at the stores.
/// There is one look for each time that metrics are sent.</summary>
internal sealed class StatusGauges
{
    private readonly StatusReader _reader;
    private readonly TimeProvider _time;
    private readonly Action<string> _logError;
    private volatile StatusView? _view;

    public StatusGauges(StatusReader reader, TimeProvider time, Action<string> logError)
    {
        (_reader, _time, _logError) = (reader, time, logError);
        Signals.Meter.CreateObservableGauge("mirror.lag", () => Of(mirror => mirror.Lag), "s",
            "How old the oldest thing is that may be missing at the destination.");
        Signals.Meter.CreateObservableGauge("mirror.staleness", () => Of(mirror => _time.GetUtcNow() - mirror.Proven), "s",
            "How long ago the destination was last proven equal.");
        Signals.Meter.CreateObservableGauge("mirror.poison.messages", PoisonMessages, "{message}", "Messages that were put aside.");
    }

    /// <summary>Looks repeatedly, until it is cancelled.</summary>
    public async Task RunAsync(TimeSpan interval, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(interval, _time);
        do
        {
            await LookAsync(cancellation);
        }
        while (await timer.WaitForNextTickAsync(cancellation));
    }

    private async Task LookAsync(CancellationToken cancellation)
    {
        try
        {
            _view = await _reader.ReadAsync(cancellation);
        }
        // A bug. It must not stop the runs, and the last status is kept.
        catch (Exception fault) when (!cancellation.IsCancellationRequested)
        {
            _logError($"metrics: {fault}");
        }
    }

    private IEnumerable<Measurement<double>> Of(Func<MirrorReport, TimeSpan?> value)
    {
        foreach (var mirror in _view?.Mirrors ?? [])
        {
            if (value(mirror) is { } time)
            {
                yield return new Measurement<double>(time.TotalSeconds, new KeyValuePair<string, object?>("mirror.name", mirror.Name));
            }
        }
    }

    // The poison queues of other apps are in their own metrics.
    private IEnumerable<Measurement<long>> PoisonMessages() =>
        (_view?.Poison ?? []).Where(queue => queue.App is null)
            .Select(queue => new Measurement<long>(queue.Count, new KeyValuePair<string, object?>("mirror.queue", queue.Queue)));
}
