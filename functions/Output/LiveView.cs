using System.Collections.Concurrent;
using Mirror.Mirroring;
using Spectre.Console;

namespace Mirror.Functions.Output;

/// <summary>What runs now, drawn on a terminal and redrawn in place: a line per mirror with its stage, objects, bytes, rate and time.</summary>
internal sealed class LiveView(IAnsiConsole console, Func<string, string> redact, TimeProvider time)
{
    private const int MaxRows = 12;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TransferMeter, (string Mirror, long Started)> _running = [];

    /// <summary>A view on standard error. Only who calls this loads what draws it.</summary>
    public static LiveView OnStandardError(Func<string, string> redact, TimeProvider time) =>
        new(AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) }), redact, time);

    public void Add(string mirror, TransferMeter meter) => _running[meter] = (mirror, time.GetTimestamp());

    public void Remove(TransferMeter meter) => _running.TryRemove(meter, out _);

    /// <summary>Writes a line that stays, above what is redrawn.</summary>
    public void WriteLine(string line) => console.WriteLine(line);

    public Task RunAsync(Func<Task> work) => console.Live(Draw()).AutoClear(true).StartAsync(async live =>
    {
        var running = work();
        while (!running.IsCompleted)
        {
            live.UpdateTarget(Draw());
            await Task.WhenAny(running, Task.Delay(Refresh, time));
        }
        live.UpdateTarget(Text.Empty);
        await running;
    });

    private Grid Draw()
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap()).AddColumn(new GridColumn().NoWrap());
        var all = _running.OrderBy(running => running.Value.Started).ToList();
        foreach (var (meter, (mirror, started)) in all.Take(MaxRows))
        {
            grid.AddRow(new Text(mirror), new Text(State(meter, time.GetElapsedTime(started))));
        }
        return all.Count > MaxRows ? grid.AddRow(new Text("…"), new Text($"and {all.Count - MaxRows} more")) : grid;
    }

    private string State(TransferMeter meter, TimeSpan elapsed)
    {
        var bytes = meter.Bytes;
        string[] parts =
        [
            meter.Stage,
            meter.Objects > 0 ? $"{meter.Objects} objects" : "",
            bytes > 0 ? $"{Quantity.Bytes(bytes)}, {Quantity.Bytes(bytes / Math.Max(elapsed.TotalSeconds, 0.1))}/s" : "",
            Quantity.Time(elapsed),
            redact(meter.Words),
        ];
        return string.Join(" · ", parts.Where(part => part.Length > 0));
    }
}
