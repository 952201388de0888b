using Mirror.Storage.Parts;

namespace Mirror.Storage.Tests;

/// <summary>Takes parts, and fails when it is told to.</summary>
internal sealed class PartsInMemory : IPartTarget
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<int, byte[]> _parts = [];
    private int _atOnce;

    public List<string> Calls { get; } = [];

    public byte[]? Published { get; private set; }

    public int MostAtOnce { get; private set; }

    public bool IsConditionMet { get; set; } = true;

    /// <summary>What the parts under way are given up by.</summary>
    public CancellationToken Cancellation { get; private set; }

    public Func<int, Task> OnPart { get; set; } = _ => Task.CompletedTask;

    public Action OnAbort { get; set; } = () => { };

    public Task<StoredObject?> TryPutWholeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        Calls.Add("whole");
        return Task.FromResult(Publish(content.ToArray()));
    }

    public Task BeginAsync(CancellationToken cancellation)
    {
        Calls.Add("begin");
        return Task.CompletedTask;
    }

    public async Task PutPartAsync(int number, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        lock (_lock)
        {
            Calls.Add($"part {number}");
            Cancellation = cancellation;
            MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
        }
        await OnPart(number);
        await Task.Yield();
        lock (_lock)
        {
            // Only now: the bytes have to stay as they are until the part has arrived.
            _parts[number] = content.ToArray();
            _atOnce--;
        }
    }

    public Task<StoredObject?> TryJoinAsync(int count, long size, CancellationToken cancellation)
    {
        Calls.Add($"join {count}");
        Assert.Equal(Enumerable.Range(1, count), _parts.Keys);
        Assert.Equal(size, _parts.Values.Sum(part => part.Length));
        return Task.FromResult(Publish([.. _parts.Values.SelectMany(part => part)]));
    }

    public async Task AbortAsync(CancellationToken cancellation)
    {
        Calls.Add("abort");
        await Task.Yield();
        OnAbort();
    }

    private StoredObject? Publish(byte[] content)
    {
        Published = IsConditionMet ? content : null;
        return IsConditionMet ? new StoredObject("key", content.Length, "etag", DateTimeOffset.UnixEpoch) : null;
    }
}
