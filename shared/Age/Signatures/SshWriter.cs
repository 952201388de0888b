using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Mirror.Age.Signatures;

/// <summary>Writes the wire types of SSH, RFC 4251 section 5.</summary>
internal sealed class SshWriter
{
    private readonly ArrayBufferWriter<byte> _buffer = new();

    public ReadOnlySpan<byte> Written => _buffer.WrittenSpan;

    public SshWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        _buffer.Write(bytes);
        return this;
    }

    public SshWriter UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32BigEndian(_buffer.GetSpan(sizeof(uint)), value);
        _buffer.Advance(sizeof(uint));
        return this;
    }

    public SshWriter String(ReadOnlySpan<byte> bytes) => UInt32((uint)bytes.Length).Bytes(bytes);

    public SshWriter String(string text) => String(Encoding.UTF8.GetBytes(text));
}
