namespace Mirror.Mirroring;

/// <summary>The file that curl and git read, as documented by inetutils and curl: <c>machine HOST login NAME password WORD</c>, in any
/// layout, and <c>default</c> for any host.</summary>
internal sealed class Netrc
{
    private readonly List<Entry> _entries = [];

    private Netrc()
    {
    }

    /// <summary>Throws <see cref="FormatException"/> with the line number only, since any word may be a password.</summary>
    public static Netrc Parse(string text)
    {
        var netrc = new Netrc();
        var words = new NetrcWords(text);
        while (words.NextKeyword() is { } keyword)
        {
            netrc.Read(keyword, words);
        }
        return netrc;
    }

    /// <summary>The first entry for the host, else the default. An entry without a password means no credential.</summary>
    public Git.Credential? Find(string host)
    {
        var entry = _entries.Find(entry => host.Equals(entry.Host, StringComparison.OrdinalIgnoreCase))
            ?? _entries.Find(entry => entry.Host is null);
        return entry?.Password is { } password ? new Git.Credential(entry.Login ?? "", password) : null;
    }

    private void Read(string keyword, NetrcWords words)
    {
        switch (keyword.ToLowerInvariant())
        {
            case "machine":
                _entries.Add(new Entry(words.NextValue()));
                break;
            case "default":
                _entries.Add(new Entry(null));
                break;
            case "login":
                Current(words).Login = words.NextValue();
                break;
            case "password":
                Current(words).Password = words.NextValue();
                break;
            case "account":
                Current(words);
                words.NextValue();
                break;
            case "macdef":
                words.NextValue();
                words.SkipToEmptyLine();
                break;
            default:
                throw words.Malformed("a word that is not machine, default, login, password, account or macdef");
        }
    }

    private Entry Current(NetrcWords words) => _entries.Count > 0 ? _entries[^1] : throw words.Malformed("machine must come first");

    private sealed class Entry(string? host)
    {
        public string? Host { get; } = host;

        public string? Login { get; set; }

        public string? Password { get; set; }
    }
}
