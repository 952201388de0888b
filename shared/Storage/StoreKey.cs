using System.Buffers;
using System.Text.Unicode;

namespace Mirror.Storage;

/// <summary>The rules for keys: names with '/' between them, the same for every store, so that what one takes the next takes too.</summary>
internal static class StoreKey
{
    /// <summary>The limit of S3; Azure has as many characters.</summary>
    public const int MaxSize = 1024;

    /// <summary>Where a store keeps what is its own. No key begins like this, and no listing shows what lies there.</summary>
    public const string Own = ".mirror~/";

    private const int MaxQuoted = 80;

    private const char Separator = '/';

    // The replacement character stands for bytes that were no text: what they were can never be found again. The two after it are no
    // characters, and cannot be in XML, which is how clouds list.
    private static readonly SearchValues<char> Forbidden =
        SearchValues.Create([.. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(char.IsControl), '\\', '\ufffd', '\ufffe', '\uffff']);

    /// <summary>What is wrong with a key, in words.</summary>
    public static string? Fault(string key) =>
        key.Length == 0 ? "a key cannot be empty" : FaultOfText(key) ?? FaultOfNames(key);

    /// <summary>What is wrong with the beginning of a key. The last name may be cut off anywhere, so nothing is said about it.</summary>
    public static string? FaultOfPrefix(string prefix)
    {
        var folder = FolderOf(prefix);
        return FaultOfText(prefix) ?? (folder.Length == 0 && !prefix.StartsWith(Separator) ? null : FaultOfNames(folder));
    }

    /// <summary>The whole names that a prefix begins with: <c>a/b</c> of <c>a/b/c</c>.</summary>
    public static string FolderOf(string prefix) => prefix[..Math.Max(prefix.LastIndexOf(Separator), 0)];

    /// <summary>A key as an error may show it: printable, in quotes, not too long.</summary>
    public static string Quote(string key)
    {
        var text = new string([.. key.Take(MaxQuoted).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return key.Length > MaxQuoted ? $"'{text}'…" : $"'{text}'";
    }

    /// <summary>Compares as the bytes of UTF-8 do, and as S3 sorts: UTF-16 puts surrogates before U+E000, UTF-8 after U+FFFF.</summary>
    public static int Compare(string left, string right)
    {
        var same = left.AsSpan().CommonPrefixLength(right);
        return same == left.Length || same == right.Length
            ? left.Length.CompareTo(right.Length)
            : Weight(left[same]).CompareTo(Weight(right[same]));
    }

    private static int Weight(char c) => char.IsSurrogate(c) ? c + char.MaxValue : c;

    private static string? FaultOfText(string text)
    {
        Span<byte> utf8 = stackalloc byte[MaxSize];
        var status = Utf8.FromUtf16(text, utf8, out _, out _, replaceInvalidSequences: false);
        return status == OperationStatus.DestinationTooSmall ? $"a key cannot be longer than {MaxSize} bytes of UTF-8"
            : status == OperationStatus.InvalidData || text.AsSpan().ContainsAny(Forbidden)
                ? "a key cannot hold a backslash, a control character, or what is not text"
            : null;
    }

    private static string? FaultOfNames(ReadOnlySpan<char> key)
    {
        foreach (var range in key.Split(Separator))
        {
            if (key[range] is "" or "." or "..")
            {
                return "no name in a key can be empty, '.' or '..'";
            }
            if (key[range].EndsWith('~'))
            {
                return "no name in a key can end in '~', which marks what is the store's own";
            }
        }
        return null;
    }
}
