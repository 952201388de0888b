using System.Diagnostics.CodeAnalysis;
using Mirror.Storage.Drivers;
using Mirror.Streams;

namespace Mirror.Storage;

/// <summary>An object under way. Nobody sees it before <see cref="CompleteAsync"/>, and disposal without that leaves nothing behind:
/// a run that failed must not become a shorter object.</summary>
[SuppressMessage("Naming", "CA1710", Justification = "a writer by use, a stream so that it can be stacked")]
public sealed class ObjectWriter : WriteOnlyStream
{
    private readonly IUpload _upload;
    private readonly string _key;
    private readonly DriverErrors _errors;

    // Neither complete, nor left with a gap by a write that failed or was cancelled.
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

    /// <summary>Publishes what was written, all at once and for good: it outlives a power cut.</summary>
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
