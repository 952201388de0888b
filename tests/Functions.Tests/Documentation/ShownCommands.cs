using System.Text;
using System.Text.RegularExpressions;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Documentation;

/// <summary>The commands of <c>mirror</c> that a page shows: by itself, by <c>dotnet run</c>, in a container and in a crontab.</summary>
internal static partial class ShownCommands
{
    /// <summary>Where each stands, and what <c>mirror</c> is told there.</summary>
    public static IEnumerable<(string Place, string[] Arguments)> All() =>
        from block in Documents.Blocks()
        where block.Language is "sh" or ""
        from line in block.Text.Replace("\\\n", " ", StringComparison.Ordinal).Split('\n')
        from command in Split(Schedule().Replace(line, ""))
        let arguments = ArgumentsOf(command)
        where arguments is not null
        select (block.ToString(), arguments);

    /// <summary>Those in sentences and tables, where a command may stand without its arguments, or with what can be left out in brackets.
    /// </summary>
    public static IEnumerable<(string Place, string[] Arguments)> Inline() =>
        from code in Documents.InlineCode()
        let text = Synopsis().Replace(code.Text, "").Replace("--at SEQUENCE", "--at 1", StringComparison.Ordinal)
        let words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        where words is ["mirror", _, ..]
        select (code.ToString(), words[1..]);

    /// <summary>What the program is told; null where the command runs something else.</summary>
    private static string[]? ArgumentsOf(string[] words) => words switch
    {
        ["mirror", ..] => words[1..],
        ["dotnet", "run", ..] when words.Contains("functions") => words[(Array.IndexOf(words, "--") + 1)..],
        ["docker", "run", ..] => words[(Array.IndexOf(words, "mirror") + 1)..],
        _ => null,
    };

    /// <summary>The simple commands of a line, as the shell splits it, without comments and where output goes.</summary>
    internal static IEnumerable<string[]> Split(string line)
    {
        var words = new List<string>();
        foreach (Match token in Token().Matches(line))
        {
            if (token.Groups["comment"].Success)
            {
                break;
            }
            if (token.Groups["end"].Success)
            {
                yield return [.. words];
                words.Clear();
            }
            else if (token.Groups["word"].Success)
            {
                words.Add(Unquoted(token.Groups["word"].Value));
            }
        }
        yield return [.. words];
    }

    private static string Unquoted(string word)
    {
        var text = new StringBuilder();
        foreach (Match part in Part().Matches(word))
        {
            text.Append(part.Value.Trim(part.Value[0] is '\'' or '"' ? part.Value[0] : '\0'));
        }
        return text.ToString();
    }

    // Brackets, and of alternatives all but the first.
    [GeneratedRegex(@"[\[\]]|\\\|\S+")]
    private static partial Regex Synopsis();

    // When a crontab's line runs.
    [GeneratedRegex(@"^([\d*/,-]+ +){5}")]
    private static partial Regex Schedule();

    [GeneratedRegex("""(?<=^|\s)(?<comment>#)|(?<end>&&|\|\||[;|])|(?<output>\d?>>?\s*\S+)|(?<word>('[^']*'|"[^"]*"|[^\s;|&>'"])+)""")]
    private static partial Regex Token();

    [GeneratedRegex("""'[^']*'|"[^"]*"|[^'"]+""")]
    private static partial Regex Part();
}
