using Mirror.Git.Protocol;

namespace Mirror.Git.Tests.Protocol;

/// <summary>Some bytes, and then others again and again: a server that never comes to an end.</summary>
internal sealed class EndlessStream(byte[] beginning, byte[] again) : MemoryStream
{
    private byte[] _bytes = beginning;
    private int _offset;

    public static PktReader Reader(string beginning, string again) => new(new EndlessStream(Wire.Of(beginning), Wire.Of(again)));

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_offset == _bytes.Length)
        {
            (_bytes, _offset) = (again, 0);
        }
        var size = Math.Min(buffer.Length, _bytes.Length - _offset);
        _bytes.AsMemory(_offset, size).CopyTo(buffer);
        _offset += size;
        return ValueTask.FromResult(size);
    }
}
