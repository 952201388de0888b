using System.Buffers.Binary;

namespace Mirror.Git;

/// <summary>The beginning of a pack, gitformat-pack(5): <c>PACK</c>, a version, and the number of objects.</summary>
public static class PackHeader
{
    public const int Size = 12;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out uint count)
    {
        count = bytes.Length >= Size ? BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) : 0;
        return bytes.Length >= Size && bytes.StartsWith("PACK"u8) && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) is 2 or 3;
    }
}
