using Mirror.Git.Protocol;
using Mirror.Git.Transport;

namespace Mirror.Git.Tests.Protocol;

/// <summary>Some pieces, and then others again and again, one a read. Reads take their time by a clock that they move.</summary>
internal sealed class DrippingStream(TimeSpan step, IReadOnlyList<byte[]> beginning, IReadOnlyList<byte[]> again) : MemoryStream
{
    private readonly Clock _time = new();
    private int _next;

    public TimeSpan Elapsed => TimeSpan.FromTicks(_time.Now);

    public AnswerLimit Limit { get; private set; } = null!;

    /// <summary>What comes in a read: a line with its length.</summary>
    public static DrippingStream Of(TimeSpan step, string[] beginning, string[] again) =>
        new(step, [.. beginning.Select(line => Wire.Of(line))], [.. again.Select(line => Wire.Of(line))]);

    public bool StartsWith(string line) => beginning.Count > 0 && beginning[0].AsSpan().SequenceEqual(Wire.Of(line));

    public PktReader Reader(RemoteSettings settings)
    {
        Limit = new AnswerLimit(new RemoteSettings
        {
            Http = settings.Http,
            Time = _time,
            Silence = settings.Silence,
            Preparation = settings.Preparation,
            ReportLimit = settings.ReportLimit,
        });
        return new PktReader(this, Limit);
    }

    /// <summary>Lets time go by between reads.</summary>
    public void Rest(TimeSpan time) => _time.Now += time.Ticks;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Rest(step);
        if (_next >= beginning.Count && again.Count == 0)
        {
            return ValueTask.FromResult(0);
        }
        var piece = _next < beginning.Count ? beginning[_next] : again[(_next - beginning.Count) % again.Count];
        _next++;
        piece.CopyTo(buffer);
        return ValueTask.FromResult(piece.Length);
    }

    private sealed class Clock : TimeProvider
    {
        public long Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now;
    }
}
