using Mirror.Git.Transport;

namespace Mirror.Git.Protocol;

/// <summary>Reads pkt-lines from a stream through one buffer; a payload is valid until the next read.</summary>
/// <param name="limit">What the answer may cost; null for lines inside another answer, which is limited itself.</param>
internal sealed class PktReader(Stream stream, AnswerLimit? limit = null)
{
    // Two lines of the largest size: the rest of one line can be read together with the beginning of the next.
    private readonly byte[] _buffer = new byte[2 * PktLine.MaxSize];
    private int _start;
    private int _end;

    /// <summary>Says what the answer is waited for; what came before does not count.</summary>
    public void Expect(Awaited awaited) => limit?.Expect(awaited);

    /// <summary>Says that so many bytes of the answer were of use.</summary>
    public void Count(int size) => limit?.Count(size);

    /// <summary>Reads a line. Most are in the buffer already, and very many of them must not cost a state machine each.</summary>
    public ValueTask<PktLine> ReadAsync(CancellationToken cancellation) =>
        TryTake(out var line) ? ValueTask.FromResult(line) : FillAndTakeAsync(cancellation);

    /// <summary>Reads a line of data or a flush; an ERR line, another marker or the
    /// end is an error that names <paramref name="where"/>.</summary>
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

    /// <summary>Takes the next line if all of it has come.</summary>
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

    /// <summary>Reads what follows the lines as it is: a pack that comes without side-band.</summary>
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
        // A stream that always has something to give need not look.
        cancellation.ThrowIfCancellationRequested();
        var began = limit?.BeginRead() ?? 0;
        var read = await stream.ReadAsync(destination, cancellation);
        limit?.EndRead(began, read);
        return read;
    }
}
