namespace Mirror.Functions.Webhook;

/// <summary>The deliveries of the last hour that this process has handled.
/// A replay to another process costs one look at a source.</summary>
internal sealed class Deliveries(TimeProvider time)
{
    internal static readonly TimeSpan Remembered = TimeSpan.FromHours(1);

    // A key has 64 characters, so this is some megabytes at most.
    internal const int MaxCount = 10_000;

    private readonly Lock _turn = new();
    private readonly HashSet<string> _keys = [];
    private readonly Queue<(string Key, long At)> _order = new();

    public bool Contains(string key)
    {
        lock (_turn)
        {
            while (_order.TryPeek(out var oldest) && time.GetElapsedTime(oldest.At) >= Remembered)
            {
                Forget();
            }
            return _keys.Contains(key);
        }
    }

    /// <summary>Only for handled deliveries: a failed one is sent again, and must not be answered with "already".</summary>
    public void Add(string key)
    {
        lock (_turn)
        {
            if (!_keys.Add(key))
            {
                return;
            }
            _order.Enqueue((key, time.GetTimestamp()));
            if (_order.Count > MaxCount)
            {
                Forget();
            }
        }
    }

    private void Forget() => _keys.Remove(_order.Dequeue().Key);
}
