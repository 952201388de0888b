using System.Security.Cryptography;

namespace Mirror.Git;

/// <summary>A pack of no objects, gitformat-pack(5): header, version 2, count 0, checksum.
/// A push or a bundle that only moves refs has this pack.</summary>
public static class EmptyPack
{
    private static readonly byte[] Header = "PACK\0\0\0\u0002\0\0\0\0"u8.ToArray();

    public static byte[] Of(ObjectFormat format) => [.. Header, .. Checksum(format)];

#pragma warning disable CA5350 // SHA-1 is what the format says.
    private static byte[] Checksum(ObjectFormat format) => format == ObjectFormat.Sha256 ? SHA256.HashData(Header) : SHA1.HashData(Header);
#pragma warning restore CA5350
}
