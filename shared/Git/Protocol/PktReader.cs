using Mirror.Git.Transport;

namespace Mirror.Git.Protocol;

/// <summary>Reads pkt-lines from a stream through one buffer; a payload is valid until the next read.</summary>
/// <param name="limit">Limits the cost of the answer; null for lines inside another answer, which has a limit of its own.</param>
internal sealed class PktReader(Stream stream, AnswerLimit? limit = null)
{
    // Two lines of the largest size, so that one read can bring the rest of a line and the beginning of the next.
    private readonly byte[] _buffer = new byte[2 * PktLine.MaxSize];
    private int _start;
    private int _end;

    /// <summary>Sets what the answer must bring next, and starts its limit again.</summary>
    public void Expect(Awaited awaited) => limit?.Expect(awaited);

    /// <summary>Counts bytes of the answer that were useful.</summary>
    public void Count(int size) => limit?.Count(size);

    /// <summary>Reads a line. Most lines are in the buffer already, and must not allocate a state machine each.</summary>
    public ValueTask<PktLine> ReadAsync(CancellationToken cancellation) =>
        TryTake(out var line) ? ValueTask.FromResult(line) : FillAndTakeAsync(cancellation);

    /// <summary>Reads a line of data or a flush. An ERR line, another marker or the end of the stream is an error that quotes
    /// <paramref name="where"/>.</summary>
    public ValueTask<PktLine> ReadDataOrFlushAsync(string where, CancellationToken cancellation) =>
        TryTake(out var line) ? ValueTask.FromResult(DataOrFlush(line, where)) : ReadDataOrFlushSlowlyAsync(where, cancellation);

    private async ValueTask<PktLine> ReadDataOrFlushSlowlyAsync(string where, CancellationToken cancellation) =>
        DataOrFlush(await FillAndTakeAsync(cancellation), where);

    private static PktLine DataOrFlush(PktLine line, string where) => line.Kind switch
    {
        PktKind.Data when line.Payload.Span.StartsWith("ERR "u8) => throw GitProtocolException.Refused(line.Text["ERR "u8.Length..]),
        PktKind.Data or PktKind.Flush => line,
        PktKind.EndOfStream => throw GitProtocolException.Truncated(where),
        _ => throw GitProtocolException.Malformed($"a {line.Kind} packet {where}"),
    };

    private async ValueTask<PktLine> FillAndTakeAsync(CancellationToken cancellation)
    {
        if (!await FillAsync(PktLine.PrefixSize, cancellation))
        {
            return _start == _end ? new PktLine(PktKind.EndOfStream) : throw GitProtocolException.Truncated("inside a pkt-line's length");
        }
        var size = PktLine.ParseSize(_buffer.AsSpan(_start, PktLine.PrefixSize));
        if (!await FillAsync(size, cancellation))
        {
            throw GitProtocolException.Truncated("inside a pkt-line");
        }
        TryTake(out var line);
        return line;
    }

    /// <summary>Takes the next line if the buffer has all of it.</summary>
    private bool TryTake(out PktLine line)
    {
        line = default;
        if (_end - _start < PktLine.PrefixSize)
        {
            return false;
        }
        var size = PktLine.ParseSize(_buffer.AsSpan(_start, PktLine.PrefixSize));
        if (size < PktLine.PrefixSize)
        {
            line = new PktLine(PktLine.KindOf(size));
            _start += PktLine.PrefixSize;
            return true;
        }
        if (_end - _start < size)
        {
            return false;
        }
        line = new PktLine(PktKind.Data, _buffer.AsMemory(_start + PktLine.PrefixSize, size - PktLine.PrefixSize));
        _start += size;
        return true;
    }

    /// <summary>Reads the raw bytes that follow the lines: a pack without side-band.</summary>
    public async ValueTask<int> ReadRawAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        if (_start == _end)
        {
            return await ReadStreamAsync(destination, cancellation);
        }
        var size = Math.Min(destination.Length, _end - _start);
        _buffer.AsMemory(_start, size).CopyTo(destination);
        _start += size;
        return size;
    }

    private async ValueTask<bool> FillAsync(int size, CancellationToken cancellation)
    {
        while (_end - _start < size)
        {
            if (_start == _end || _buffer.Length - _start < PktLine.MaxSize)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                _end -= _start;
                _start = 0;
            }
            var read = await ReadStreamAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0)
            {
                return false;
            }
            _end += read;
        }
        return true;
    }

    private async ValueTask<int> ReadStreamAsync(Memory<byte> destination, CancellationToken cancellation)
    {
        // A stream that always has bytes ready need not check the token itself.
        cancellation.ThrowIfCancellationRequested();
        var began = limit?.BeginRead() ?? 0;
        var read = await stream.ReadAsync(destination, cancellation);
        limit?.EndRead(began, read);
        return read;
    }
}
