using System.Security.Cryptography;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>--dry-run</c> on both sides of a partition: everything is said and nothing is written, anywhere.</summary>
public sealed class DryRunTests
{
    [Fact]
    public async Task The_first_run_lists_every_ref_and_makes_not_even_a_folder()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Source.AnnotatedTagAsync("v1", "main");
        var before = TreeOf(sides);

        var produced = await sides.ProduceAsync("--dry-run");

        Assert.Equal((0, ""), (produced.ExitCode, produced.Error));
        Assert.StartsWith("ce/routy: would change 2 refs created\n", produced.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^  create refs/heads/main [0-9a-f]{7,}$", produced.Output);
        Assert.Matches(@"(?m)^  create refs/tags/v1 [0-9a-f]{7,}$", produced.Output);
        var consumed = await sides.ConsumeAsync("--dry-run");
        Assert.Equal(1, consumed.ExitCode);
        Assert.Contains("there is no head for ce/routy", consumed.Error, StringComparison.Ordinal);
        Assert.Equal(before, TreeOf(sides));
    }

    [Fact]
    public async Task A_later_run_lists_what_would_move_and_moves_nothing()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Source.SetRefAsync("refs/heads/old", "main");
        await sides.CarryAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.Source.SetRefAsync("refs/heads/new", "main");
        await sides.Source.DeleteRefAsync("refs/heads/old");

        await AssertSaysAndKeepsAsync(sides, () => sides.ProduceAsync("-n"));
        await sides.ProduceAsync();
        await AssertSaysAndKeepsAsync(sides, () => sides.ConsumeAsync("-n"));
        await sides.ConsumeAsync();

        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task Json_counts_what_would_move()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        var before = TreeOf(sides);

        var line = PartitionSides.JsonLine(await sides.ConsumeAsync("--dry-run", "--json"));

        Assert.Equal("updated", line.GetProperty("outcome").GetString());
        Assert.Equal("""{"created":1,"updated":0,"deleted":0,"rejected":0}""", line.GetProperty("refs").GetRawText());
        Assert.Equal(before, TreeOf(sides));
    }

    [Fact]
    public async Task A_failure_in_a_dry_run_is_not_kept_for_the_status()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ConfigureAsync(PartitionSides.Entry(PartitionSides.Name, "/nowhere/x.git", "/nowhere/y.git"));
        var before = TreeOf(sides);

        Assert.Equal(1, (await sides.ProduceAsync("--dry-run")).ExitCode);

        Assert.Equal(before, TreeOf(sides));
    }

    private static async Task AssertSaysAndKeepsAsync(PartitionSides sides, Func<Task<CommandResult>> run)
    {
        var before = TreeOf(sides);

        var result = await run();

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("ce/routy: would change 1 ref created, 1 ref updated, 1 ref deleted", result.Output, StringComparison.Ordinal);
        Assert.Contains("  create refs/heads/new ", result.Output, StringComparison.Ordinal);
        Assert.Contains("  update refs/heads/main ", result.Output, StringComparison.Ordinal);
        Assert.Contains("  delete refs/heads/old ", result.Output, StringComparison.Ordinal);
        Assert.Equal(before, TreeOf(sides));
    }

    /// <summary>Every file and folder that either side could write to: name, content and time.</summary>
    private static List<string> TreeOf(PartitionSides sides) =>
        [.. new[] { sides.Near.Directory, sides.Far.Directory, sides.Bucket, sides.Source.Path, sides.Target.Path }
            .SelectMany(folder => new DirectoryInfo(folder).EnumerateFileSystemInfos("*", SearchOption.AllDirectories))
            .Select(found => $"{found.FullName} {found.LastWriteTimeUtc:O} {(found is FileInfo file ? Digest(file) : "")}")
            .Order(StringComparer.Ordinal)];

    private static string Digest(FileInfo file) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)));
}
