namespace Mirror.Streams;

/// <summary>A stream that is written once, from its beginning to its end.</summary>
public abstract class WriteOnlyStream : ForwardStream
{
    public override bool CanRead => false;

    public override bool CanWrite => true;

    public sealed override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    public sealed override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
