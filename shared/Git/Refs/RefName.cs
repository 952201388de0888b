using System.Buffers;
using System.Text;

namespace Mirror.Git;

/// <summary>A full ref name that passes git-check-ref-format(1), such as <c>refs/heads/main</c>.</summary>
/// <remarks>A name on the wire is bytes. One that is not UTF-8 cannot be written into JSON or YAML, so it is not a name here:
/// what lists refs counts it apart (<see cref="RefListing.Unusable"/>) and says so.</remarks>
public readonly record struct RefName : IComparable<RefName>
{
    public static readonly RefName Head = new("HEAD");

    // The characters that a rule is about; most of a name is none of them.
    private static readonly SearchValues<char> Notable = SearchValues.Create(
        [.. Enumerable.Range(0, ' ' + 1).Select(code => (char)code), .. "~^:?*[\\\u007f/.{"]);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string? _value;

    private RefName(string value) => _value = value;

    public string Value => _value ?? "";

    /// <summary>Whether it is below <c>refs/heads/</c>, where git keeps nothing but commits.</summary>
    public bool IsBranch => Value.StartsWith("refs/heads/", StringComparison.Ordinal);

    /// <summary>The name as people say it: without <c>refs/heads/</c> or <c>refs/tags/</c>.</summary>
    public string Familiar =>
        IsBranch ? Value["refs/heads/".Length..]
        : Value.StartsWith("refs/tags/", StringComparison.Ordinal) ? Value["refs/tags/".Length..]
        : Value;

    public static bool TryParse(string value, out RefName name)
    {
        var valid = value.StartsWith("refs/", StringComparison.Ordinal) && IsWellFormed(value);
        name = valid ? new RefName(value) : default;
        return valid;
    }

    public static RefName Parse(string value) =>
        TryParse(value, out var name) ? name : throw new FormatException($"'{value}' is not a full ref name");

    /// <summary>Reads a name from the wire.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> utf8, out RefName name)
    {
        name = default;
        try
        {
            return TryParse(StrictUtf8.GetString(utf8), out name);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>The rules of git-check-ref-format(1) in one pass, one star allowed where <paramref name="asPattern"/> says so.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<char> name, bool asPattern = false)
    {
        if (name is [] or [.., '/' or '.'] || EndsInLock(name))
        {
            return false;
        }
        for (int i = 0, skipped; (skipped = name[i..].IndexOfAny(Notable)) >= 0; i++)
        {
            i += skipped;
            var previous = i > 0 ? name[i - 1] : '/';
            var allowed = name[i] switch
            {
                '/' => previous != '/' && !EndsInLock(name[..i]),
                '.' => previous is not ('/' or '.'),
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

    private static bool EndsInLock(ReadOnlySpan<char> component) => component.EndsWith(".lock", StringComparison.Ordinal);

    /// <summary>Whether both cannot exist at once, because one is a folder of the other: <c>a</c> and <c>a/b</c>.</summary>
    public bool ConflictsWith(RefName other) => IsFolderOf(other) || other.IsFolderOf(this);

    private bool IsFolderOf(RefName other) =>
        other.Value.Length > Value.Length && other.Value[Value.Length] == '/' && other.Value.StartsWith(Value, StringComparison.Ordinal);

    public int CompareTo(RefName other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;

    public static bool operator <(RefName left, RefName right) => left.CompareTo(right) < 0;

    public static bool operator >(RefName left, RefName right) => left.CompareTo(right) > 0;

    public static bool operator <=(RefName left, RefName right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RefName left, RefName right) => left.CompareTo(right) >= 0;
}
