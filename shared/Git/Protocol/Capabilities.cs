using System.Text;

namespace Mirror.Git.Protocol;

/// <summary>What a server says that it can do: <c>name</c> or <c>name=value</c>, gitprotocol-capabilities(5).</summary>
internal sealed class Capabilities
{
    public static readonly Capabilities None = new([]);

    private readonly List<string> _entries;

    private Capabilities(List<string> entries) => _entries = entries;

    /// <summary>Reads the list that follows the NUL of a v0 opening's first line.</summary>
    public static Capabilities Parse(ReadOnlySpan<byte> list) =>
        new([.. Encoding.UTF8.GetString(list).Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

    /// <summary>Adds one of a v2 opening, where each has a line of its own.</summary>
    public static Capabilities OfLines(IEnumerable<string> lines) => new([.. lines]);

    public bool Has(string name) => _entries.Exists(entry => Names(entry, name));

    public string? ValueOf(string name) => ValuesOf(name).FirstOrDefault();

    public IEnumerable<string> ValuesOf(string name) =>
        _entries.Where(entry => Names(entry, name) && entry.Length > name.Length).Select(entry => entry[(name.Length + 1)..]);

    /// <summary>Whether the value, a list of words, has this one: <c>fetch=shallow wait-for-done</c>.</summary>
    public bool Has(string name, string feature) => ValuesOf(name).Any(value => value.Split(' ').Contains(feature));

    /// <summary>The repository's hash; a server that does not say has SHA-1.</summary>
    public ObjectFormat ObjectFormat => ValueOf("object-format") is not { } name
        ? ObjectFormat.Sha1
        : ObjectFormat.OfName(Encoding.UTF8.GetBytes(name))
            ?? throw GitProtocolException.Unsupported($"object format {GitProtocolException.Quote(Encoding.UTF8.GetBytes(name))}");

    private static bool Names(string entry, string name) =>
        entry.StartsWith(name, StringComparison.Ordinal) && (entry.Length == name.Length || entry[name.Length] == '=');
}
