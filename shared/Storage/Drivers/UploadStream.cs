using Mirror.Streams;

namespace Mirror.Storage.Drivers;

/// <summary>An upload as a stream, for code that produces its content.</summary>
internal sealed class UploadStream(IUpload upload) : WriteOnlyStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        upload.WriteAsync(buffer, cancellationToken);
}
