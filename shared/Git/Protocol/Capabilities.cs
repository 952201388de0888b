using System.Text;

namespace Mirror.Git.Protocol;

/// <summary>The capabilities that a server announces: <c>name</c> or <c>name=value</c>, gitprotocol-capabilities(5).</summary>
internal sealed class Capabilities
{
    public static readonly Capabilities None = new([]);

    private readonly List<string> _entries;

    private Capabilities(List<string> entries) => _entries = entries;

    /// <summary>Reads the list that follows the NUL in the first line of a v0 opening.</summary>
    public static Capabilities Parse(ReadOnlySpan<byte> list) =>
        new([.. Encoding.UTF8.GetString(list).Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>Reads the capabilities of a v2 opening, one on each line.</summary>
    public static Capabilities OfLines(IEnumerable<string> lines) => new([.. lines]);

    public bool Has(string name) => _entries.Exists(entry => Names(entry, name));

    public string? ValueOf(string name) => ValuesOf(name).FirstOrDefault();

    public IEnumerable<string> ValuesOf(string name) =>
        _entries.Where(entry => Names(entry, name) && entry.Length > name.Length).Select(entry => entry[(name.Length + 1)..]);

    /// <summary>Whether the value, a list of words, has this word: <c>fetch=shallow wait-for-done</c>.</summary>
    public bool Has(string name, string feature) => ValuesOf(name).Any(value => value.Split(' ').Contains(feature));

    /// <summary>The repository's hash. A server that does not announce one uses SHA-1.</summary>
    public ObjectFormat ObjectFormat => ValueOf("object-format") is not { } name
        ? ObjectFormat.Sha1
        : ObjectFormat.OfName(Encoding.UTF8.GetBytes(name))
            ?? throw GitProtocolException.Unsupported($"object format {GitProtocolException.Quote(Encoding.UTF8.GetBytes(name))}");

    private static bool Names(string entry, string name) =>
        entry.StartsWith(name, StringComparison.Ordinal) && (entry.Length == name.Length || entry[name.Length] == '=');
}
