using System.Security.Cryptography;
using System.Text;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// The state of a destination in one figure: the SHA-256 of the lines <c>oid SP ref LF</c>, sorted by their bytes. By hand:
/// <c>git for-each-ref --format='%(objectname) %(refname)' refs/heads refs/tags | LC_ALL=C sort | sha256sum</c>.
/// </summary>
internal static class RefsDigest
{
    public static string Of(IEnumerable<Ref> refs)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var sorted = refs.ToArray();
        // An ordinary comparison of UTF-16 is that of the bytes but for names beyond the basic plane; those are compared as what they are.
        Array.Sort(sorted, (left, right) => left.Id.CompareTo(right.Id) is var order and not 0 ? order : CompareBytes(left.Name,
            right.Name));
        foreach (var found in sorted)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{found.Id} {found.Name}\n"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static int CompareBytes(RefName left, RefName right) =>
        left.Value.AsSpan().ContainsAnyInRange('\ud800', '\uffff') || right.Value.AsSpan().ContainsAnyInRange('\ud800', '\uffff')
            ? Encoding.UTF8.GetBytes(left.Value).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right.Value))
            : left.CompareTo(right);
}
