namespace Mirror.Mirroring;

/// <summary>The current activity of one mirror. The run writes it, and a progress display reads it.</summary>
public sealed class TransferMeter
{
    private long _bytes;
    private long _objects;
    private volatile string _stage = "waiting";
    private volatile string _words = "";

    /// <summary>Bytes of the pack sent so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The number of objects in the pack's header; 0 until it was read.</summary>
    public long Objects => Interlocked.Read(ref _objects);

    public string Stage
    {
        get => _stage;
        internal set => _stage = value;
    }

    /// <summary>The last line that either server wrote for people.</summary>
    public string Words => _words;

    /// <summary>Receives messages for a log, such as a retry and its reason.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Whether the progress is displayed. If not, servers are asked to send none.</summary>
    public bool IsWatched { get; init; }

    internal void Count(int bytes) => Interlocked.Add(ref _bytes, bytes);

    internal void Begin(long objects)
    {
        Interlocked.Exchange(ref _objects, objects);
    }

    internal Action<string>? Listener(string who) => IsWatched ? line => _words = $"{who}: {line}" : null;
}
