using Mirror.Streams;

namespace Mirror.Git.Transport;

/// <summary>
/// A connection's stream, read in large pieces. The HTTP client reads a chunked answer in steps of one chunk, which is 8 kB from
/// most servers, and twice for each; from here nearly all of these steps are served without asking the system.
/// </summary>
internal sealed class ReadAheadStream(Stream inner) : ForwardStream
{
    private const int BufferSize = 64 * 1024;

    // Made when the first byte is wanted, and given up with the connection.
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
        // The client waits for an idle connection's end with a read of nothing; a large read needs no buffer between.
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
