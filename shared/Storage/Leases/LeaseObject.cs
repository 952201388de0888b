using System.Globalization;
using System.Text;

namespace Mirror.Storage.Leases;

/// <summary>
/// What a lease's object says: <c>OWNER RENEWAL MILLISECONDS KEY</c>. A released lease is an empty object: so releasing is a write
/// with a condition, and no store needs conditional deletes. RENEWAL makes the content another one at each renewal, since the ETag of S3 is
/// a digest of the content. KEY is for people who look.
/// </summary>
internal sealed record LeaseObject(string Owner, long Renewal, TimeSpan Duration, string Key)
{
    // Three words, a key and much to spare.
    public const int MaxSize = 4096;

    public ReadOnlyMemory<byte> ToBytes() =>
        Encoding.UTF8.GetBytes($"{Owner} {Renewal} {Math.Ceiling(Duration.TotalMilliseconds):F0} {Key}\n");

    /// <summary>Reads an object, or gives null for what nobody wrote whole.</summary>
    public static LeaseObject? Parse(ReadOnlySpan<byte> bytes)
    {
        var words = Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split(' ', 4);
        return words.Length == 4 && TryParse(words[1], out var renewal) && TryParse(words[2], out var milliseconds)
            ? new LeaseObject(words[0], renewal, TimeSpan.FromMilliseconds(milliseconds), words[3])
            : null;
    }

    // Ten digits of milliseconds are four months: more is no lease, and would overflow what is counted with it.
    private static bool TryParse(string word, out long number) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 10_000_000_000;
}
