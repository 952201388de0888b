using System.Diagnostics.CodeAnalysis;
using Mirror.Storage.Drivers;
using Mirror.Streams;

namespace Mirror.Storage;

/// <summary>The bytes of one object, or a part of them, as they were when it was opened. Only asynchronous reads are supported.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "a reader by use, a stream so that it can be stacked")]
public sealed class ObjectReader : ReadOnlyStream
{
    private readonly OpenedObject _opened;
    private readonly DriverErrors _errors;
    private long _remaining;

    internal ObjectReader(OpenedObject opened, long size, DriverErrors errors)
    {
        _opened = opened;
        _remaining = size;
        _errors = errors;
    }

    /// <summary>The whole object, even if only a part of it is read.</summary>
    public StoredObject Stored => _opened.Object;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        buffer = buffer[..(int)Math.Min(buffer.Length, _remaining)];
        if (buffer.IsEmpty)
        {
            return 0;
        }
        var size = await _errors.RunAsync(StoreAction.Read, Stored.Key,
            () => _opened.Content.ReadAsync(buffer, cancellationToken).AsTask());
        if (size == 0)
        {
            throw _errors.Failure(StorageFailure.Unavailable, StoreAction.Read, Stored.Key, $"it ended {_remaining} bytes too soon");
        }
        _remaining -= size;
        return size;
    }

    public override async ValueTask DisposeAsync()
    {
        await _opened.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        _opened.Content.Dispose();
        base.Dispose(disposing);
    }
}
