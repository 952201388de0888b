namespace Mirror.Age.Format;

/// <summary>
/// Decodes an armored file, RFC 7468 section 3, strictly: lines of 64 characters of base64, of which only the last may be shorter,
/// between <c>-----BEGIN AGE ENCRYPTED FILE-----</c> and <c>-----END AGE ENCRYPTED FILE-----</c>.
/// White space is allowed before and after.
/// </summary>
internal sealed class Armor(ReadAhead text)
{
    /// <summary>The limit of white space, the same as age's: enough for mail and editors.</summary>
    private const int MaxSpaceSize = 1024;

    private readonly byte[] _bytes = new byte[CanonicalBase64.LineByteCount];
    private ReadOnlyMemory<byte> _rest;
    private bool _isBegun;
    private bool _isShort;
    private bool _isEnded;

    private static ReadOnlySpan<byte> Begin => "-----BEGIN AGE ENCRYPTED FILE-----"u8;

    private static ReadOnlySpan<byte> End => "-----END AGE ENCRYPTED FILE-----"u8;

    /// <summary>Whether a file with this first byte is armored. A binary file begins with the name of the format.</summary>
    public static bool IsFirst(byte first) => first == '-' || IsSpace(first);

    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        if (!_isBegun)
        {
            await BeginAsync(cancellation);
        }
        while (_rest.IsEmpty && !_isEnded)
        {
            await NextAsync(cancellation);
        }
        var size = Math.Min(buffer.Length, _rest.Length);
        _rest[..size].CopyTo(buffer);
        _rest = _rest[size..];
        return size;
    }

    private async ValueTask BeginAsync(CancellationToken cancellation)
    {
        await SkipSpaceAsync(cancellation);
        if (!(await ReadLineAsync(cancellation)).Span.SequenceEqual(Begin))
        {
            throw AgeException.Armor("the first line is not BEGIN AGE ENCRYPTED FILE");
        }
        _isBegun = true;
    }

    private async ValueTask NextAsync(CancellationToken cancellation)
    {
        var line = await ReadLineAsync(cancellation);
        if (!line.Span.SequenceEqual(End))
        {
            Decode(line.Span);
            return;
        }
        if (await SkipSpaceAsync(cancellation))
        {
            throw AgeException.Armor("something follows its END");
        }
        _isEnded = true;
    }

    private void Decode(ReadOnlySpan<byte> line)
    {
        if (_isShort || line.IsEmpty || line.Length > CanonicalBase64.LineSize || !CanonicalBase64.TryDecode(line, _bytes, out var size))
        {
            throw AgeException.Armor("a line is not canonical base64 of 64 characters");
        }
        _isShort = size < _bytes.Length;
        _rest = _bytes.AsMemory(0, size);
    }

    /// <summary>Reads one line without its end, LF or CRLF. The END line needs no line end.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken cancellation)
    {
        const int maxSize = CanonicalBase64.LineSize + 2;
        var isWhole = await text.FillAsync(maxSize, cancellation);
        var held = isWhole ? text.Held[..maxSize] : text.Held;
        var size = held.Span.IndexOf((byte)'\n');
        if (size < 0 && !held.Span.SequenceEqual(End))
        {
            throw isWhole ? AgeException.Armor("a line is too long") : AgeException.Truncated("inside its armor");
        }
        text.Skip(size < 0 ? held.Length : size + 1);
        var line = size < 0 ? held : held[..size];
        return line.Span.EndsWith("\r"u8) ? line[..^1] : line;
    }

    /// <summary>Skips white space; true when something follows.</summary>
    private async ValueTask<bool> SkipSpaceAsync(CancellationToken cancellation)
    {
        for (var size = 0; await text.FillAsync(1, cancellation); size++)
        {
            if (!IsSpace(text.Held.Span[0]))
            {
                return true;
            }
            if (size == MaxSpaceSize)
            {
                throw AgeException.Armor($"more than {MaxSpaceSize} bytes of white space around it");
            }
            text.Skip(1);
        }
        return false;
    }

    private static bool IsSpace(byte b) => b is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n';
}
