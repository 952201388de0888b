using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Reads <c>follow_redirects</c>: a word, or a list of hosts.</summary>
internal static class RedirectReader
{
    public const string Key = "follow_redirects";

    public static RedirectPolicy Read(Section section, RedirectPolicy absent) => section.Find(Key) switch
    {
        null => absent,
        YamlList { Items.Count: > 0 } => RedirectPolicy.To(section.List(Key, RedirectHost.Parse)),
        _ => section.Read(Key, absent, ParseWord),
    };

    private static RedirectPolicy ParseWord(string text) => text switch
    {
        "same-host" => RedirectPolicy.SameHost,
        "any" => RedirectPolicy.Any,
        _ => throw new FormatException($"must be same-host, any, or a list of hosts such as [git.example], not {Quoted.Value(text)}"),
    };
}
