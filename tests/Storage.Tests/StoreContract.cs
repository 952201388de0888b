using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>What every store does, whatever it is made of. A class for each store runs it all.</summary>
public abstract partial class StoreContract
{
    private static readonly TimeSpan Deadline = Hang.Limit;

    protected CancellationToken Late { get; } = new CancellationTokenSource(Deadline).Token;

    /// <summary>Opens the store of this test: a second call opens the same one, as another process would.</summary>
    protected abstract ObjectStore Open();

    /// <summary>Whether the answer to a write says when that was; else our own clock does.</summary>
    protected virtual bool TellsTimeOfWrite => true;

    /// <summary>Whether the condition of a large object is judged at the same moment as it appears. Small ones are everywhere.</summary>
    protected virtual bool JudgesLargeObjectsAtOnce => true;

    protected static ReadOnlyMemory<byte> Bytes(string text) => Encoding.UTF8.GetBytes(text);

    protected static byte[] Random(int size, int seed = 1)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected async Task<string> PutAsync(ObjectStore store, string key, string text) =>
        await store.PutAsync(key, Bytes(text), WriteCondition.None, Late);

    protected async Task<StoredObject> WriteAsync(ObjectStore store, string key, ReadOnlyMemory<byte> bytes, int pieceSize)
    {
        await using var writer = await store.CreateAsync(key, Late);
        for (var left = bytes; !left.IsEmpty; left = left[Math.Min(pieceSize, left.Length)..])
        {
            await writer.WriteAsync(left[..Math.Min(pieceSize, left.Length)], Late);
        }
        return await writer.CompleteAsync(Late);
    }

    protected async Task<byte[]> ReadAsync(ObjectStore store, string key, long offset = 0, long? size = null, int pieceSize = 81_920)
    {
        await using var reader = await store.OpenReadAsync(key, offset, size, Late);
        return await ReadAsync(reader, pieceSize);
    }

    protected async Task<byte[]> ReadAsync(ObjectReader reader, int pieceSize = 81_920)
    {
        using var bytes = new MemoryStream();
        await reader.CopyToAsync(bytes, pieceSize, Late);
        return bytes.ToArray();
    }

    protected async Task<List<string>> KeysAsync(ObjectStore store, string prefix = "") =>
        [.. (await ListAsync(store, prefix)).Select(found => found.Key)];

    protected async Task<List<StoredObject>> ListAsync(ObjectStore store, string prefix = "")
    {
        var found = new List<StoredObject>();
        await foreach (var one in store.ListAsync(prefix, Late))
        {
            found.Add(one);
        }
        return found;
    }

    protected static async Task<StorageException> FailsAsync(StorageFailure failure, Func<Task> action)
    {
        var exception = await Assert.ThrowsAsync<StorageException>(action);
        Assert.Equal(failure, exception.Failure);
        return exception;
    }
}
