using System.Buffers.Binary;

namespace Mirror.Age.Signatures;

/// <summary>
/// Reads the wire types of SSH, RFC 4251 section 5. Missing bytes read as empty, and <see cref="IsDone"/> stays false, so a decoder
/// checks once, at its end.
/// </summary>
internal ref struct SshReader(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;
    private bool _isCut;

    /// <summary>Whether everything was read and no bytes were missing.</summary>
    public readonly bool IsDone => !_isCut && _rest.IsEmpty;

    public ReadOnlySpan<byte> Bytes(int size)
    {
        if (size > _rest.Length)
        {
            _isCut = true;
            return [];
        }
        var bytes = _rest[..size];
        _rest = _rest[size..];
        return bytes;
    }

    public ReadOnlySpan<byte> Rest() => Bytes(_rest.Length);

    public uint UInt32() => BinaryPrimitives.TryReadUInt32BigEndian(Bytes(sizeof(uint)), out var value) ? value : 0;

    public ReadOnlySpan<byte> String() => Bytes((int)Math.Min(UInt32(), int.MaxValue));
}
