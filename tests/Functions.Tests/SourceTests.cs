using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>What the compiler does not look at. No tool holds a line to the length that .editorconfig gives it.</summary>
public sealed class SourceTests
{
    private const int MaxLineSize = 140;

    private static readonly string[] Folders = ["bench", "cli", "functions", "shared", "tests"];

    [Fact]
    public void No_line_is_longer_than_140_characters()
    {
        var sources = Sources().ToList();

        Assert.Contains("max_line_length = 140", File.ReadAllText(Path.Combine(Documents.Root, ".editorconfig")), StringComparison.Ordinal);
        Assert.NotEmpty(sources);
        var tooLong = sources.SelectMany(LongLines).ToList();
        Assert.True(tooLong.Count == 0, $"break these lines:\n{string.Join('\n', tooLong)}");
    }

    /// <summary>Those of the checkout, without what a build writes.</summary>
    private static IEnumerable<string> Sources() =>
        Folders.Select(name => Path.Combine(Documents.Root, name))
            .Where(Directory.Exists)
            .SelectMany(folder => Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
            .Where(path => !path.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))
            .Where(path => !path.EndsWith(".g.cs", StringComparison.Ordinal));

    private static IEnumerable<string> LongLines(string path) => File.ReadLines(path).Index()
        .Where(line => line.Item.EnumerateRunes().Count() > MaxLineSize)
        .Select(line => $"{Path.GetRelativePath(Documents.Root, path)}:{line.Index + 1}");
}
