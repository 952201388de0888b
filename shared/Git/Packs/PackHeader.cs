using System.Buffers.Binary;

namespace Mirror.Git;

/// <summary>How a pack begins, gitformat-pack(5): <c>PACK</c>, a version, and how many objects follow.</summary>
public static class PackHeader
{
    public const int Size = 12;

    public static bool TryRead(ReadOnlySpan<byte> bytes, out uint count)
    {
        count = bytes.Length >= Size ? BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) : 0;
        return bytes.Length >= Size && bytes.StartsWith("PACK"u8) && BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]) is 2 or 3;
    }
}
