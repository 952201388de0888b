namespace Mirror.Streams;

/// <summary>A stream that is read once, from its beginning to its end.</summary>
public abstract class ReadOnlyStream : ForwardStream
{
    public override bool CanRead => true;

    public override bool CanWrite => false;

    public sealed override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public sealed override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
