using System.Collections.Concurrent;
using Mirror.Mirroring;

namespace Mirror.Functions.Output;

/// <summary>The current activity, on one terminal line that is redrawn in place:
/// the mirror that has run longest, and the number of others.</summary>
internal sealed class LiveView(TextWriter terminal, Func<string, string> clean, TimeProvider time)
{
    // ECMA-48: return to the first column, and erase to the end of the line.
    private const string StartOver = "\r\u001b[K";
    private const int UsualWidth = 80;

    private static readonly TimeSpan Refresh = TimeSpan.FromMilliseconds(100);

    private readonly ConcurrentDictionary<TransferMeter, (string Mirror, long Started)> _running = [];
    private readonly Lock _drawing = new();

    /// <summary>The text while nothing runs.</summary>
    public required Func<string> Idle { get; init; }

    public void Add(string mirror, TransferMeter meter) => _running[meter] = (mirror, time.GetTimestamp());

    public void Remove(TransferMeter meter) => _running.TryRemove(meter, out _);

    /// <summary>Writes a permanent line above the line that is redrawn.</summary>
    public void WriteLine(string line)
    {
        lock (_drawing)
        {
            terminal.WriteLine(StartOver + line);
        }
    }

    public async Task RunAsync(Func<Task> work)
    {
        var running = work();
        while (!running.IsCompleted)
        {
            Draw();
            await Task.WhenAny(running, Task.Delay(Refresh, time));
        }
        lock (_drawing)
        {
            terminal.Write(StartOver);
        }
        await running;
    }

    private void Draw()
    {
        var all = _running.OrderBy(running => running.Value.Started).ToList();
        var text = all.Count == 0 ? Idle() : State(all[0].Key, all[0].Value);
        text = clean(all.Count > 1 ? $"[{all.Count} running] {text}" : text);
        lock (_drawing)
        {
            // Cut, since a wrapped line could not be erased.
            terminal.Write(StartOver + (text.Length < Width ? text : text[..(Width - 1)]));
        }
    }

    private static int Width => Console.WindowWidth is > 1 and var width ? width : UsualWidth;

    private string State(TransferMeter meter, (string Mirror, long Started) running)
    {
        var (bytes, elapsed) = (meter.Bytes, time.GetElapsedTime(running.Started));
        string[] parts =
        [
            $"{running.Mirror}: {meter.Stage}",
            meter.Objects > 0 ? $"{meter.Objects} objects" : "",
            bytes > 0 ? $"{Quantity.Bytes(bytes)}, {Quantity.Bytes(bytes / Math.Max(elapsed.TotalSeconds, 0.1))}/s" : "",
            Quantity.Time(elapsed),
            meter.Words,
        ];
        return string.Join(" · ", parts.Where(part => part.Length > 0));
    }
}
