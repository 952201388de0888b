using Mirror.Streams;

namespace Mirror.Git;

/// <summary>Reads a bundle: the header first, then the pack, once.</summary>
public sealed class Bundle
{
    // The longest line that we write has an id of 64 digits and a ref name of 4,096 bytes. git adds the subject of a commit.
    private const int MaxLineSize = 16 * 1024;

    private readonly Stream _source;
    private readonly byte[] _buffer = new byte[4 * MaxLineSize];
    private int _start;
    private int _end;

    private Bundle(Stream source) => _source = source;

    public BundleHeader Header { get; private set; } = null!;

    /// <summary>How many objects the pack says it has.</summary>
    public uint ObjectCount { get; private set; }

    /// <summary>The pack, from its first byte to the end of the source.</summary>
    public Stream Pack { get; private set; } = Stream.Null;

    /// <summary>Reads the header, and enough of the pack to recognise it as one.</summary>
    public static async Task<Bundle> OpenAsync(Stream source, CancellationToken cancellation)
    {
        var bundle = new Bundle(source);
        var lines = new BundleHeaderLines();
        while (lines.Add((await bundle.ReadLineAsync(cancellation)).Span))
        {
        }
        bundle.Header = lines.ToHeader();
        if (!await bundle.FillAsync(PackHeader.Size, cancellation)
            || !PackHeader.TryRead(bundle._buffer.AsSpan(bundle._start, PackHeader.Size), out var count))
        {
            throw new BundleException("what follows the bundle's header is not a pack");
        }
        bundle.ObjectCount = count;
        bundle.Pack = new PackStream(bundle);
        return bundle;
    }

    /// <summary>Reads a line. The line is valid until the next call.</summary>
    private async ValueTask<ReadOnlyMemory<byte>> ReadLineAsync(CancellationToken cancellation)
    {
        int feed;
        while ((feed = _buffer.AsSpan(_start, Math.Min(_end - _start, MaxLineSize)).IndexOf((byte)'\n')) < 0)
        {
            if (_end - _start >= MaxLineSize)
            {
                throw new BundleException($"bundle header: a line of more than {MaxLineSize} bytes");
            }
            if (!await FillAsync(_end - _start + 1, cancellation))
            {
                throw new BundleException("the bundle ends inside its header");
            }
        }
        var line = _buffer.AsMemory(_start, feed);
        _start += feed + 1;
        return line;
    }

    /// <summary>Fills the buffer with at least <paramref name="size"/> bytes; false if the source ends before.</summary>
    private async ValueTask<bool> FillAsync(int size, CancellationToken cancellation)
    {
        if (_buffer.Length - _start < size)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        while (_end - _start < size)
        {
            var read = await _source.ReadAsync(_buffer.AsMemory(_end), cancellation);
            if (read == 0)
            {
                return false;
            }
            _end += read;
        }
        return true;
    }

    private sealed class PackStream(Bundle bundle) : ReadOnlyStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var size = Math.Min(buffer.Length, bundle._end - bundle._start);
            if (size == 0)
            {
                return bundle._source.ReadAsync(buffer, cancellationToken);
            }
            bundle._buffer.AsMemory(bundle._start, size).CopyTo(buffer);
            bundle._start += size;
            return ValueTask.FromResult(size);
        }
    }
}
