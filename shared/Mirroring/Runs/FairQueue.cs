namespace Mirror.Mirroring;

/// <summary>
/// Mirrors that wait for their turn. Whoever is free takes one whose hosts are least busy, so that a slow host
/// keeps its own mirrors waiting and nobody else's.
/// </summary>
internal sealed class FairQueue<T>(IEnumerable<T> items, Func<T, IReadOnlyCollection<string>> hosts)
{
    private readonly List<T> _waiting = [.. items];
    private readonly Dictionary<string, int> _busy = [];
    private readonly Lock _lock = new();

    public bool TryTake(out T item)
    {
        lock (_lock)
        {
            item = default!;
            if (_waiting.Count == 0)
            {
                return false;
            }
            var index = IndexOfLeastBusy();
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
        var (best, least) = (0, int.MaxValue);
        for (var i = 0; i < _waiting.Count && least > 0; i++)
        {
            var load = hosts(_waiting[i]).Sum(host => _busy.GetValueOrDefault(host));
            if (load < least)
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
