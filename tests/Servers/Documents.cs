using System.Text.RegularExpressions;

namespace Mirror.Tests.Servers;

/// <summary>README.md and docs/, as the checkout has them: what they show is run or read by tests.</summary>
public static partial class Documents
{
    /// <summary>The checkout.</summary>
    public static string Root { get; } = FindRoot();

    public static string Folder { get; } = Path.Combine(Root, "docs");

    /// <summary>docs/example, which tests that write copy first.</summary>
    public static string Example { get; } = Path.Combine(Folder, "example");

    /// <summary>Every page, by its path from the root.</summary>
    public static IReadOnlyList<string> Pages { get; } =
        ["README.md", .. Directory.GetFiles(Folder, "*.md").Select(path => $"docs/{Path.GetFileName(path)}").Order(StringComparer.Ordinal)];

    public static string Read(string page) => File.ReadAllText(Path.Combine(Root, page));

    /// <summary>The fenced blocks of all pages, those in lists without their indentation.</summary>
    public static IEnumerable<DocumentBlock> Blocks() => Pages.SelectMany(Blocks);

    public static IEnumerable<DocumentBlock> Blocks(string page)
    {
        var text = Read(page);
        foreach (Match fence in Fence().Matches(text))
        {
            var indentation = fence.Groups["indentation"].Value;
            var lines = fence.Groups["text"].Value.Split('\n').Select(line => line.StartsWith(indentation, StringComparison.Ordinal)
                ? line[indentation.Length..]
                : line.TrimStart());
            var number = text.AsSpan(0, fence.Index).Count('\n') + 1;
            yield return new DocumentBlock(page, number, fence.Groups["language"].Value, string.Join('\n', lines));
        }
    }

    /// <summary>The inline code of all pages, in text and in tables, each on one line. Fences are emptied and not cut out, so that lines
    /// are counted right.</summary>
    public static IEnumerable<DocumentBlock> InlineCode() =>
        from page in Pages
        let text = Fence().Replace(Read(page), fence => new string('\n', fence.Value.Count(character => character == '\n')))
        from Match code in Code().Matches(text)
        select new DocumentBlock(page, text.AsSpan(0, code.Index).Count('\n') + 1, "", code.Groups["text"].Value.ReplaceLineEndings(" "));

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Mirror.Functions.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("the tests run outside the repository");
        }
        return folder.FullName;
    }

    [GeneratedRegex(@"^(?<indentation> *)```(?<language>\w*)\n(?<text>.*?)^\k<indentation>```$",
        RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"`(?<text>[^`\n]+(\n[^`\n]+)*)`")]
    private static partial Regex Code();
}

/// <summary>What stands between two fences.</summary>
/// <param name="Line">Of the opening fence.</param>
/// <param name="Language">Such as <c>sh</c>; empty where the fence names none.</param>
public sealed record DocumentBlock(string Page, int Line, string Language, string Text)
{
    public override string ToString() => $"{Page}:{Line}";
}
