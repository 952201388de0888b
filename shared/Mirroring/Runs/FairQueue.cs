namespace Mirror.Mirroring;

/// <summary>
/// Mirrors that wait for their turn. A free worker takes the one whose hosts are least busy,
/// so that a slow host only delays its own mirrors.
/// </summary>
internal sealed class FairQueue<T>(IEnumerable<T> items, Func<T, IReadOnlyCollection<string>> hosts)
{
    private readonly List<T> _waiting = [.. items];
    private readonly Dictionary<string, int> _busy = [];
    private readonly Lock _lock = new();

    /// <summary>The number of turns that one host may have at once; unlimited by default.</summary>
    public Func<string, int> LimitOf { get; set; } = _ => int.MaxValue;

    public void Add(T item)
    {
        lock (_lock)
        {
            _waiting.Add(item);
        }
    }

    /// <summary>False if nothing waits, or nothing may start now.</summary>
    public bool TryTake(out T item)
    {
        lock (_lock)
        {
            item = default!;
            var index = IndexOfLeastBusy();
            if (index < 0)
            {
                return false;
            }
            item = _waiting[index];
            _waiting.RemoveAt(index);
            Count(item, +1);
            return true;
        }
    }

    public void Release(T item)
    {
        lock (_lock)
        {
            Count(item, -1);
        }
    }

    private int IndexOfLeastBusy()
    {
        var (best, least) = (-1, int.MaxValue);
        for (var i = 0; i < _waiting.Count && least > 0; i++)
        {
            var all = hosts(_waiting[i]);
            var load = all.Sum(host => _busy.GetValueOrDefault(host));
            if (load < least && all.All(host => _busy.GetValueOrDefault(host) < LimitOf(host)))
            {
                (best, least) = (i, load);
            }
        }
        return best;
    }

    private void Count(T item, int change)
    {
        foreach (var host in hosts(item))
        {
            _busy[host] = _busy.GetValueOrDefault(host) + change;
        }
    }
}
