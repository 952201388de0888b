using System.Buffers;
using System.Text;
using Utf8Text = System.Text.Unicode.Utf8;

namespace Mirror.Git;

/// <summary>A full ref name that passes git-check-ref-format(1), such as <c>refs/heads/main</c>.</summary>
/// <remarks>
/// A name on the wire is bytes, and stays so: very many of them lie side by side in the pieces of a <see cref="RefList"/>, and a string
/// is made only where a person reads it. One that is not UTF-8 cannot be written into JSON or YAML, so it is not a name here: what lists
/// refs counts it apart (<see cref="RefListing.Unusable"/>) and says so.
/// </remarks>
public readonly record struct RefName : IComparable<RefName>
{
    public static readonly RefName Head = new("HEAD"u8.ToArray());

    // The bytes that a rule is about; most of a name is none of them.
    private static readonly SearchValues<byte> Notable = SearchValues.Create(
        [.. Enumerable.Range(0, ' ' + 1).Select(code => (byte)code), .. "~^:?*[\\\u007f/.{"u8]);

    private readonly byte[]? _bytes;
    private readonly int _start;
    private readonly int _size;

    private RefName(byte[] bytes)
        : this(bytes, 0, bytes.Length)
    {
    }

    /// <summary>A name that was found valid before, where it lies among others.</summary>
    internal RefName(byte[] bytes, int start, int size) => (_bytes, _start, _size) = (bytes, start, size);

    public string Value => Encoding.UTF8.GetString(Utf8);

    /// <summary>The name as it stands on the wire.</summary>
    public ReadOnlySpan<byte> Utf8 => new(_bytes, _start, _size);

    /// <summary>Whether it is below <c>refs/heads/</c>, where git keeps nothing but commits.</summary>
    public bool IsBranch => Utf8.StartsWith("refs/heads/"u8);

    /// <summary>The name as people say it: without <c>refs/heads/</c> or <c>refs/tags/</c>.</summary>
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

    /// <summary>Whether bytes are a full name.</summary>
    internal static bool IsValid(ReadOnlySpan<byte> utf8) => utf8.StartsWith("refs/"u8) && IsWellFormed(utf8) && Utf8Text.IsValid(utf8);

    internal static bool IsWellFormed(string name, bool asPattern = false) => TryEncode(name) is { } utf8 && IsWellFormed(utf8, asPattern);

    /// <summary>The rules of git-check-ref-format(1) in one pass, one star allowed where <paramref name="asPattern"/> says so.</summary>
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

    /// <summary>Null for what is not Unicode: half of a pair of surrogates.</summary>
    private static byte[]? TryEncode(string text)
    {
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        return Utf8Text.FromUtf16(text, utf8, out _, out var size, replaceInvalidSequences: false) == OperationStatus.Done
            ? utf8[..size]
            : null;
    }

    /// <summary>Whether both cannot exist at once, because one is a folder of the other: <c>a</c> and <c>a/b</c>.</summary>
    public bool ConflictsWith(RefName other) => IsFolderOf(other) || other.IsFolderOf(this);

    private bool IsFolderOf(RefName other) => other._size > _size && other.Utf8[_size] == '/' && other.Utf8.StartsWith(Utf8);

    public bool Equals(RefName other) => Utf8.SequenceEqual(other.Utf8);

    // With a seed: whoever lists names can choose them.
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Utf8);
        return hash.ToHashCode();
    }

    public int CompareTo(RefName other) => Compare(Utf8, other.Utf8);

    /// <summary>
    /// The order of UTF-16, in which heads and ledgers list refs. It is that of the bytes, but for what is beyond the basic plane: that
    /// comes before U+E000.
    /// </summary>
    internal static int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var common = left.CommonPrefixLength(right);
        if (common == left.Length || common == right.Length)
        {
            return left.Length - right.Length;
        }
        return InUtf16(left[common]) - InUtf16(right[common]);

        // 0xee and 0xef begin U+E000 to U+FFFF, and 0xf0 to 0xf4 what is beyond.
        static int InUtf16(byte first) => first is 0xee or 0xef ? first + 0x10 : first;
    }

    public override string ToString() => Value;

    public static bool operator <(RefName left, RefName right) => left.CompareTo(right) < 0;

    public static bool operator >(RefName left, RefName right) => left.CompareTo(right) > 0;

    public static bool operator <=(RefName left, RefName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RefName left, RefName right) => left.CompareTo(right) >= 0;
}
