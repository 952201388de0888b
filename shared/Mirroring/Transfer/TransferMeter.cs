namespace Mirror.Mirroring;

/// <summary>What one mirror is doing now: written by the run, read by whoever draws it.</summary>
public sealed class TransferMeter
{
    private long _bytes;
    private long _objects;
    private volatile string _stage = "waiting";
    private volatile string _words = "";

    /// <summary>Bytes of pack sent so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Objects in the pack, as its header says; 0 until it has come.</summary>
    public long Objects => Interlocked.Read(ref _objects);

    public string Stage
    {
        get => _stage;
        internal set => _stage = value;
    }

    /// <summary>The last line that either server wrote for people.</summary>
    public string Words => _words;

    /// <summary>Takes each word worth keeping in a log: a retry and its reason.</summary>
    public Action<string>? Note { get; init; }

    /// <summary>Whether anyone looks: without that, servers are asked not to count aloud.</summary>
    public bool IsWatched { get; init; }

    internal void Count(int bytes) => Interlocked.Add(ref _bytes, bytes);

    internal void Begin(long objects)
    {
        Interlocked.Exchange(ref _objects, objects);
    }

    internal Action<string>? Listener(string who) => IsWatched ? line => _words = $"{who}: {line}" : null;
}
