using System.Globalization;
using System.Text;

namespace Mirror.Storage.Leases;

/// <summary>
/// The content of a lease object: <c>OWNER RENEWAL MILLISECONDS KEY</c>. A released lease is an empty object, so that a release is a
/// conditional write and no store needs conditional deletes. RENEWAL changes the content with each renewal, since the ETag of S3 is a
/// digest of the content. KEY is for people.
/// </summary>
internal sealed record LeaseObject(string Owner, long Renewal, TimeSpan Duration, string Key)
{
    // Three words, a key, and room to spare.
    public const int MaxSize = 4096;

    public ReadOnlyMemory<byte> ToBytes() =>
        Encoding.UTF8.GetBytes($"{Owner} {Renewal} {Math.Ceiling(Duration.TotalMilliseconds):F0} {Key}\n");

    /// <summary>Reads the content; null if it is not a complete lease.</summary>
    public static LeaseObject? Parse(ReadOnlySpan<byte> bytes)
    {
        var words = Encoding.UTF8.GetString(bytes).TrimEnd('\n').Split(' ', 4);
        return words.Length == 4 && TryParse(words[1], out var renewal) && TryParse(words[2], out var milliseconds)
            ? new LeaseObject(words[0], renewal, TimeSpan.FromMilliseconds(milliseconds), words[3])
            : null;
    }

    // Ten digits of milliseconds are four months. A longer time is not a valid lease, and would overflow calculations.
    private static bool TryParse(string word, out long number) =>
        long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < 10_000_000_000;
}
