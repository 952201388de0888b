using Mirror.Streams;

namespace Mirror.Git.Transport;

/// <summary>
/// Reads a connection's stream in large pieces. The HTTP client reads a chunked answer one chunk at a time, 8 kB for most servers, with
/// two reads for each. With this buffer nearly all of these reads need no system call.
/// </summary>
internal sealed class ReadAheadStream(Stream inner) : ForwardStream
{
    private const int BufferSize = 64 * 1024;

    // Allocated at the first read, and freed with the connection.
    private byte[] _buffer = [];
    private int _start;
    private int _end;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start < _end)
        {
            return ValueTask.FromResult(Take(buffer));
        }
        // The client waits for the end of an idle connection with a read of zero bytes. A large read needs no buffer.
        return buffer.Length is 0 or >= BufferSize
            ? inner.ReadAsync(buffer, cancellationToken)
            : FillAndTakeAsync(buffer, cancellationToken);
    }

    private async ValueTask<int> FillAndTakeAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (_buffer.Length == 0)
        {
            _buffer = new byte[BufferSize];
        }
        (_start, _end) = (0, await inner.ReadAsync(_buffer, cancellation));
        return Take(buffer);
    }

    private int Take(Memory<byte> buffer)
    {
        var size = Math.Min(buffer.Length, _end - _start);
        _buffer.AsMemory(_start, size).CopyTo(buffer);
        _start += size;
        return size;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        inner.WriteAsync(buffer, cancellationToken);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        inner.WriteAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => inner.FlushAsync(cancellationToken);

    public override void Flush() => inner.Flush();

    public override void Write(byte[] buffer, int offset, int count) => inner.Write(buffer, offset, count);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }
        base.Dispose(disposing);
    }
}
