using Mirror.Streams;

namespace Mirror.Storage.Drivers;

/// <summary>An upload as a stream, to be written to by what makes its content.</summary>
internal sealed class UploadStream(IUpload upload) : WriteOnlyStream
{
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        upload.WriteAsync(buffer, cancellationToken);
}
