using System.Text.RegularExpressions;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Documentation;

/// <summary>docs/recovery.md: its scripts, and what the first of them prints of docs/example.</summary>
internal static partial class RecoveryPage
{
    private const string Name = "docs/recovery.md";

    /// <summary>recover.sh, as it stands there.</summary>
    public static string Script { get; } = Block("#!/bin/sh\n");

    /// <summary>The page with what its script that lists keys prints put in.</summary>
    public static async Task<string> AsTheFilesSayAsync(string page)
    {
        var list = Block("(cd bucket && find ");
        var folder = Scratch.NewFolder("keys");
        Directory.CreateSymbolicLink(Path.Combine(folder, "bucket"), ExampleBucket.Folder);
        var printed = await new Command("sh", "-c", list) { Directory = folder }.RunAsync();
        Assert.True(Keys().Count(page) == 1, $"{Name} does not show what its list of keys prints");
        return Keys().Replace(page, _ => printed);
    }

    private static string Block(string beginning) =>
        Documents.Blocks(Name).Single(block => block.Text.StartsWith(beginning, StringComparison.Ordinal)).Text;

    [GeneratedRegex(@"(?<=```\n)bundle \{.*?(?=```)", RegexOptions.Singleline)]
    private static partial Regex Keys();
}
