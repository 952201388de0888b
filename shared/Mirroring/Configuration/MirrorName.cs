using System.Buffers;
using System.Text;

namespace Mirror.Mirroring;

/// <summary>The rules for a mirror's name, which is printed, matched by globs, and used in paths and URLs.</summary>
internal static class MirrorName
{
    private const int MaxSize = 512;

    private static readonly SearchValues<char> UrlSyntax = SearchValues.Create("?#%\\:@");

    public static string Check(string name)
    {
        if (name.Length == 0)
        {
            throw new FormatException("a name is empty");
        }
        if (name.Any(char.IsControl) || name.EnumerateRunes().Any(rune => rune == Rune.ReplacementChar))
        {
            throw new FormatException($"the name {Quoted.Value(name)} has a control character in it");
        }
        if (name.Split('/').Any(part => part is "" or "." or "..") || name.Trim() != name)
        {
            throw new FormatException($"the name {Quoted.Value(name)} is not like group/project");
        }
        return Encoding.UTF8.GetByteCount(name) <= MaxSize
            ? name
            : throw new FormatException($"the name {Quoted.Value(name)} is longer than {MaxSize} bytes");
    }

    /// <summary>The rules for a name, or part of one, that becomes part of a URL: no characters with a meaning there.</summary>
    public static string CheckInUrl(string name) => !Check(name).AsSpan().ContainsAny(UrlSyntax) && !name.Any(char.IsWhiteSpace)
        ? name
        : throw new FormatException($"{Quoted.Value(name)} cannot stand in a URL as it is");
}
