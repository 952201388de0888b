using System.Buffers;
using System.Text;
using Utf8Text = System.Text.Unicode.Utf8;

namespace Mirror.Git;

/// <summary>A full ref name that passes git-check-ref-format(1), such as <c>refs/heads/main</c>.</summary>
/// <remarks>
/// A name on the wire is bytes, and stays bytes: very many names lie side by side in the pieces of a <see cref="RefList"/>, and a string
/// is made only for people. A name that is not UTF-8 cannot be written into JSON or YAML, so it is not valid here. Code that lists refs
/// counts such names separately (<see cref="RefListing.Unusable"/>) and reports them.
/// </remarks>
public readonly record struct RefName : IComparable<RefName>
{
    public static readonly RefName Head = new("HEAD"u8.ToArray());

    // The bytes that the rules are about. Most names have few of them.
    private static readonly SearchValues<byte> Notable = SearchValues.Create(
        [.. Enumerable.Range(0, ' ' + 1).Select(code => (byte)code), .. "~^:?*[\\\u007f/.{"u8]);

    private readonly byte[]? _bytes;
    private readonly int _start;
    private readonly int _size;

    private RefName(byte[] bytes)
        : this(bytes, 0, bytes.Length)
    {
    }

    /// <summary>A name that is known to be valid, in a buffer with others.</summary>
    internal RefName(byte[] bytes, int start, int size) => (_bytes, _start, _size) = (bytes, start, size);

    public string Value => Encoding.UTF8.GetString(Utf8);

    /// <summary>The bytes of the name, as on the wire.</summary>
    public ReadOnlySpan<byte> Utf8 => new(_bytes, _start, _size);

    /// <summary>Whether it is below <c>refs/heads/</c>, where git allows only commits.</summary>
    public bool IsBranch => Utf8.StartsWith("refs/heads/"u8);

    /// <summary>The short name for people: without <c>refs/heads/</c> or <c>refs/tags/</c>.</summary>
    public string Familiar =>
        IsBranch ? Value["refs/heads/".Length..]
        : Utf8.StartsWith("refs/tags/"u8) ? Value["refs/tags/".Length..]
        : Value;

    public static bool TryParse(string value, out RefName name)
    {
        name = default;
        return TryEncode(value) is { } utf8 && TryParse(utf8, out name);
    }

    public static RefName Parse(string value) =>
        TryParse(value, out var name) ? name : throw new FormatException($"'{value}' is not a full ref name");

    /// <summary>Reads a name from the wire.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> utf8, out RefName name)
    {
        var valid = IsValid(utf8);
        name = valid ? new RefName(utf8.ToArray()) : default;
        return valid;
    }

    /// <summary>Whether bytes are a valid full name.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> utf8) => utf8.StartsWith("refs/"u8) && IsWellFormed(utf8) && Utf8Text.IsValid(utf8);

    internal static bool IsWellFormed(string name, bool asPattern = false) => TryEncode(name) is { } utf8 && IsWellFormed(utf8, asPattern);

    /// <summary>The rules of git-check-ref-format(1) in one pass. With <paramref name="asPattern"/>, one star is allowed.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<byte> name, bool asPattern = false)
    {
        if (name is [] or [.., (byte)'/' or (byte)'.'] || EndsInLock(name))
        {
            return false;
        }
        for (int i = 0, skipped; (skipped = name[i..].IndexOfAny(Notable)) >= 0; i++)
        {
            i += skipped;
            var previous = i > 0 ? name[i - 1] : (byte)'/';
            var allowed = (char)name[i] switch
            {
                '/' => previous != '/' && !EndsInLock(name[..i]),
                '.' => (char)previous is not ('/' or '.'),
                '{' => previous != '@',
                '*' => asPattern,
                _ => false,
            };
            if (!allowed)
            {
                return false;
            }
            asPattern &= name[i] != '*';
        }
        return true;
    }

    private static bool EndsInLock(ReadOnlySpan<byte> component) => component.EndsWith(".lock"u8);

    /// <summary>Null for text that is not valid Unicode, such as half of a surrogate pair.</summary>
    private static byte[]? TryEncode(string text)
    {
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Utf8Text.FromUtf16(text, utf8, out _, out var size, replaceInvalidSequences: false) == OperationStatus.Done
            ? utf8[..size]
            : null;
    }

    /// <summary>Whether the two cannot exist at once, because one is a folder of the other: <c>a</c> and <c>a/b</c>.</summary>
    public bool ConflictsWith(RefName other) => IsFolderOf(other) || other.IsFolderOf(this);

    private bool IsFolderOf(RefName other) => other._size > _size && other.Utf8[_size] == '/' && other.Utf8.StartsWith(Utf8);

    public bool Equals(RefName other) => Utf8.SequenceEqual(other.Utf8);

    // HashCode has a random seed, since a hostile server chooses the names.
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    public int CompareTo(RefName other) => Compare(Utf8, other.Utf8);

    /// <summary>
    /// The order of UTF-16, in which heads and ledgers list refs. It is the order of the bytes, except that characters beyond the basic
    /// plane come before U+E000.
    /// </summary>
    internal static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length - right.Length;
        }
        return InUtf16(left[common]) - InUtf16(right[common]);

        // 0xee and 0xef begin U+E000 to U+FFFF; 0xf0 to 0xf4 begin the characters beyond the basic plane.
        static int InUtf16(byte first) => first is 0xee or 0xef ? first + 0x10 : first;
    }

    public override string ToString() => Value;

    public static bool operator <(RefName left, RefName right) => left.CompareTo(right) < 0;

    public static bool operator >(RefName left, RefName right) => left.CompareTo(right) > 0;

    public static bool operator <=(RefName left, RefName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RefName left, RefName right) => left.CompareTo(right) >= 0;
}
