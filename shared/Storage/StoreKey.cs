using System.Buffers;
using System.Text.Unicode;

namespace Mirror.Storage;

/// <summary>The rules for keys: names separated by '/'.
/// They are the same for every store, so that objects can be copied between stores.</summary>
internal static class StoreKey
{
    /// <summary>The limit of S3. Azure allows as many characters.</summary>
    public const int MaxSize = 1024;

    /// <summary>The prefix of the store's own objects. No key begins with it, and listings leave these objects out.</summary>
    public const string Own = ".mirror~/";

    private const int MaxQuoted = 80;

    private const char Separator = '/';

    // The replacement character stands for bytes that were not text, and does not tell which. U+FFFE and U+FFFF are not characters, and
    // are not allowed in XML, which clouds use for listings.
    private static readonly SearchValues<char> Forbidden =
        SearchValues.Create([.. Enumerable.Range(0, 0xa0).Select(c => (char)c).Where(char.IsControl), '\\', '\ufffd', '\ufffe', '\uffff']);

    /// <summary>The fault of a key, in words; null if it is valid.</summary>
    public static string? Fault(string key) =>
        key.Length == 0 ? "a key cannot be empty" : FaultOfText(key) ?? FaultOfNames(key);

    /// <summary>The fault of the beginning of a key. Its last name may be cut off, so that name is not checked.</summary>
    public static string? FaultOfPrefix(string prefix)
    {
        var folder = FolderOf(prefix);
        return FaultOfText(prefix) ?? (folder.Length == 0 && !prefix.StartsWith(Separator) ? null : FaultOfNames(folder));
    }

    /// <summary>The complete names at the beginning of a prefix: <c>a/b</c> for <c>a/b/c</c>.</summary>
    public static string FolderOf(string prefix) => prefix[..Math.Max(prefix.LastIndexOf(Separator), 0)];

    /// <summary>Quotes a key for an error message: printable, and cut if it is long.</summary>
    public static string Quote(string key)
    {
        var text = new string([.. key.Take(MaxQuoted).Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c)]);
        return key.Length > MaxQuoted ? $"'{text}'…" : $"'{text}'";
    }

    /// <summary>Compares by the bytes of UTF-8, as S3 sorts.
    /// UTF-16 puts surrogates before U+E000, UTF-8 puts those characters after U+FFFF.</summary>
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
