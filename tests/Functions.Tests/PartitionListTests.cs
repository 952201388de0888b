using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>
/// Which mirrors there are: taken by name from the bucket, or listed as git-partition-sync lists them; and where they are kept.
/// </summary>
public sealed class PartitionListTests
{
    [Fact]
    public async Task A_consumer_that_accepts_by_name_needs_no_list()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ConfigureAsync(
            PartitionSides.Entry("ce/routy", sides.Source.Path, "/far/routy.git"),
            PartitionSides.Entry("other/routy", sides.Source.Path, "/far/other.git"));
        var bases = MakeBase("ce/routy.git", sides.Target);
        await sides.Far.WriteAsync("mirror.yaml", $"{sides.Places}{sides.FarKeys}destination_base_url: {bases}\naccept: [ce/*]\n");

        var early = await sides.ConsumeAsync();
        Assert.Equal((0, "", ""), (early.ExitCode, early.Output, early.Error));
        await sides.ProduceAsync();
        var late = await sides.ConsumeAsync("--json");

        Assert.Equal(0, late.ExitCode);
        Assert.Equal("ce/routy", PartitionSides.JsonLine(late).GetProperty("mirror").GetString());
        Assert.Contains(
            "\nce/routy: consumed to sequence 1", $"\n{(await sides.Far.RunAsync("status", "-v")).Output}", StringComparison.Ordinal);
        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task A_file_that_is_a_list_of_git_partition_sync_takes_the_rest_from_the_environment()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Source.SetRefAsync("refs/heads/master", "main");
        await sides.Source.SetRefAsync("refs/heads/unlisted", "main");
        const string List = """
            - source:
                group: cloud-engineering
                project_name: route-manager
                branch: master
              destination:
                group: ce
                project_name: routy
                branch: main

            """;
        await sides.Near.WriteAsync("list.yaml", List);
        await sides.Far.WriteAsync("list.yaml", List);
        foreach (var side in new[] { sides.Near, sides.Far })
        {
            side.Environment["MIRROR_STORE"] = sides.Bucket;
            side.Environment["MIRROR_STATE"] = "./state";
            side.Environment["MIRROR_SOURCE_BASE_URL"] = MakeBase("cloud-engineering/route-manager.git", sides.Source);
            side.Environment["MIRROR_DESTINATION_BASE_URL"] = MakeBase("ce/routy.git", sides.Target);
        }
        sides.Near.Environment["MIRROR_AGE_RECIPIENTS"] = sides.Recipient;
        sides.Near.Environment["MIRROR_SIGNING_KEY"] = "file:signing_ed25519";
        sides.Far.Environment["MIRROR_AGE_IDENTITIES"] = "env:FAR_KEY";
        sides.Far.Environment["FAR_KEY"] = await File.ReadAllTextAsync(sides.Far.PathOf("age.key"));
        sides.Far.Environment["MIRROR_SIGNING_TRUSTED"] = sides.Signer;

        var (produced, consumed) = (await sides.ProduceAsync("-c", "list.yaml"), await sides.ConsumeAsync("-c", "list.yaml"));

        Assert.True((0, 0) == (produced.ExitCode, consumed.ExitCode), produced.Error + consumed.Error);
        Assert.Equal([("refs/heads/main", await sides.Source.ResolveAsync("master"))],
            (await sides.Target.RefsAsync()).Select(found => (found.Key, found.Value)));
        await sides.Target.FsckAsync();
    }

    [Fact]
    public async Task A_list_alone_says_all_six_variables_that_it_wants()
    {
        var program = new MirrorProgram();
        var entry = "- source: { group: cloud-engineering, project_name: route-manager, branch: master }\n"
            + "  destination: { group: ce, project_name: routy, branch: main }\n";
        await program.WriteAsync("list.yaml", entry + entry.Replace("routy", "other", StringComparison.Ordinal));

        var result = await program.RunAsync("produce", "--dry-run", "-c", "list.yaml");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        var lines = result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.All(lines, line => Assert.Matches(@"^(error: )?list\.yaml:\d+:\d+: ", line));
        Assert.Equal(
            ["MIRROR_AGE_RECIPIENTS", "MIRROR_DESTINATION_BASE_URL", "MIRROR_SIGNING_KEY",
                "MIRROR_SOURCE_BASE_URL", "MIRROR_STATE", "MIRROR_STORE"],
            lines.Select(line => System.Text.RegularExpressions.Regex.Match(line, "MIRROR_[A-Z_]+").Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_missing_is_said_with_what_is_wrong()
    {
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", "age: { identities: [plain] }\nmirrors: []\nacept: []\n");

        var result = await program.RunAsync("consume");

        Assert.Equal(
            ["mirror.yaml:1:1: 'store' is", "mirror.yaml:1:1: 'state' is",
                "mirror.yaml:1:1: 'signing.trusted' is", "mirror.yaml:1:21: identities:", "mirror.yaml:3:1: unknown key"],
            result.Error["error: ".Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => string.Join(' ', line.Split(' ').Take(line.Contains("identities", StringComparison.Ordinal) ? 2 : 3))));
    }

    [Theory]
    [InlineData("./mirror.yaml", "'store': ")]
    [InlineData("./state", "'state' is in the same place as 'store'")]
    [InlineData("", "'store' is missing: say where the bucket is, such as store: ./bucket")]
    public async Task A_store_that_cannot_be_used_is_wrong_usage_on_both_sides(string store, string words)
    {
        var sides = await PartitionSides.CreateAsync();
        foreach (var side in new[] { sides.Near, sides.Far })
        {
            var text = await File.ReadAllTextAsync(side.PathOf("mirror.yaml"));
            await side.WriteAsync("mirror.yaml",
                text.Replace($"store: {sides.Bucket}\n", store.Length > 0 ? $"store: {store}\n" : "", StringComparison.Ordinal));
        }

        AssertRefused(await sides.ProduceAsync(), words);
        AssertRefused(await sides.ConsumeAsync(), words);
        AssertRefused(await sides.Far.RunAsync("verify"), words);
    }

    [Fact]
    public async Task Without_a_place_for_the_state_neither_side_begins()
    {
        var sides = await PartitionSides.CreateAsync();
        foreach (var side in new[] { sides.Near, sides.Far })
        {
            var text = await File.ReadAllTextAsync(side.PathOf("mirror.yaml"));
            await side.WriteAsync("mirror.yaml", text.Replace("state: ./state\n", "", StringComparison.Ordinal));
        }

        foreach (var result in new[] { await sides.ProduceAsync(), await sides.ConsumeAsync(), await sides.Far.RunAsync("status") })
        {
            AssertRefused(result, "'state' is missing: say where the ledgers are kept, such as state: ./state");
        }
    }

    private static void AssertRefused(CommandResult result, string words)
    {
        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: mirror.yaml:", result.Error, StringComparison.Ordinal);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    /// <summary>A folder in which a repository has the name that a mirror gives it.</summary>
    private static string MakeBase(string name, GitRepository repository)
    {
        var folder = Scratch.NewFolder("base");
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(folder, name))!);
        Directory.CreateSymbolicLink(Path.Combine(folder, name), repository.Path);
        return folder;
    }
}
