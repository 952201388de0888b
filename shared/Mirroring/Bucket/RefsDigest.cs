using System.Buffers;
using System.Security.Cryptography;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// The digest of a destination's refs: the SHA-256 of the lines <c>oid SP ref LF</c>, sorted by their bytes. To compute it by hand:
/// <c>git for-each-ref --format='%(objectname) %(refname)' refs/heads refs/tags | LC_ALL=C sort | sha256sum</c>.
/// </summary>
internal static class RefsDigest
{
    private const int PieceSize = 16 * 1024;

    public static string Of(IEnumerable<Ref> refs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = new ArrayBufferWriter<byte>(2 * PieceSize);
        foreach (var found in (refs as RefList ?? RefList.From(refs)).ById())
        {
            Write(lines, found);
            if (lines.WrittenCount >= PieceSize)
            {
                hash.AppendData(lines.WrittenSpan);
                lines.ResetWrittenCount();
            }
        }
        hash.AppendData(lines.WrittenSpan);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void Write(ArrayBufferWriter<byte> lines, Ref found)
    {
        var size = found.Id.Format.HexSize;
        var line = lines.GetSpan(size + found.Name.Utf8.Length + 2);
        found.Id.WriteHex(line);
        line[size] = (byte)' ';
        found.Name.Utf8.CopyTo(line[(size + 1)..]);
        line[size + 1 + found.Name.Utf8.Length] = (byte)'\n';
        lines.Advance(size + found.Name.Utf8.Length + 2);
    }
}
