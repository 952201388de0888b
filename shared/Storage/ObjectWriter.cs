using System.Diagnostics.CodeAnalysis;
using Mirror.Storage.Drivers;
using Mirror.Streams;

namespace Mirror.Storage;

/// <summary>Writes an object, which readers do not see before <see cref="CompleteAsync"/>. Disposal without that discards it, since a
/// failed run must not leave a shorter object.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "a writer by use, a stream so that it can be stacked")]
public sealed class ObjectWriter : WriteOnlyStream
{
    private readonly IUpload _upload;
    private readonly string _key;
    private readonly DriverErrors _errors;

    // False once the object is complete, or a failed or cancelled write has left a gap.
    private bool _isOpen = true;

    private bool _isDisposed;

    internal ObjectWriter(IUpload upload, string key, DriverErrors errors)
    {
        _upload = upload;
        _key = key;
        _errors = errors;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Close("written to");
        await _errors.RunAsync(StoreAction.Write, _key, () => _upload.WriteAsync(buffer, cancellationToken));
        _isOpen = true;
    }

    /// <summary>Publishes the object atomically and durably: it survives a power failure.</summary>
    public async Task<StoredObject> CompleteAsync(CancellationToken cancellation)
    {
        Close("completed");
        return await _errors.RunAsync(StoreAction.Write, _key, () => _upload.TryCompleteAsync(cancellation))
            ?? throw _errors.Conflict(_key);
    }

    public override async ValueTask DisposeAsync()
    {
        _isOpen = false;
        await _errors.RunAsync(StoreAction.Discard, _key, _upload.DisposeAsync);
        _isDisposed = true;
        await base.DisposeAsync();
    }

    protected override void Dispose(bool disposing)
    {
        if (!_isDisposed)
        {
            throw new NotSupportedException("dispose asynchronously: an upload may have to be taken back over a network");
        }
        base.Dispose(disposing);
    }

    private void Close(string action)
    {
        if (!_isOpen)
        {
            throw new InvalidOperationException($"the object cannot be {action}: it is complete or closed, or a write to it failed");
        }
        _isOpen = false;
    }
}
