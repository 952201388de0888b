using Mirror.Functions.Commands;
using Mirror.Functions.Configurations;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror restore</c>: any point of a chain, from the bucket and the keys alone.</summary>
public sealed class RestoreCommandTests
{
    private const int Seed = 33;

    [Fact]
    public async Task Every_sequence_of_a_chain_gives_the_source_as_it_was()
    {
        var sides = await PartitionSides.CreateAsync();
        var changes = new SourceChanges(sides.Source, new Random(Seed));
        await sides.Source.CommitAsync("main", "large", Convert.ToBase64String(PartitionSides.RandomBytes(Seed, 3_000_000)));
        var history = new Dictionary<long, SortedDictionary<string, string>>();
        for (var i = 0; i < 6; i++)
        {
            var produced = PartitionSides.JsonLine(await sides.ProduceAsync("--json"));
            history.Add(produced.GetProperty("sequence").GetInt64(), await sides.Source.RefsAsync());
            await sides.Source.SetRefAsync($"refs/heads/gone{i}", "main");
            await sides.Source.DeleteRefAsync($"refs/heads/gone{i - 1}");
            await changes.ChangeAsync();
            if (i % 2 == 1)
            {
                await sides.Source.SetRefAsync("refs/heads/main", "main~1");
            }
        }

        foreach (var (sequence, refs) in history)
        {
            var folder = sides.Far.PathOf($"restored-{sequence}");
            var result = await sides.Far.RunAsync("restore", PartitionSides.Name, folder, "--at", $"{sequence}");
            Assert.True(result.ExitCode == 0, $"seed {Seed}, sequence {sequence}: {result.Error}");
            Assert.True(refs.SequenceEqual(await RefsAsync(folder)), $"seed {Seed}: sequence {sequence} is not as it was");
            await new Command("git", "fsck", "--strict", "--no-dangling", "--no-progress") { Directory = folder }.RunAsync();
        }
    }

    [Fact]
    public async Task The_newest_goes_to_a_new_path_with_the_HEAD_of_the_source()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Source.SetRefAsync("refs/heads/trunk", "main");
        await sides.Source.SetHeadAsync("trunk");
        await sides.ProduceAsync();

        var result = await sides.Far.RunAsync("restore", PartitionSides.Name, "./new.git");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("ce/routy: updated to sequence 1 (full), 2 refs created, ", result.Output, StringComparison.Ordinal);
        Assert.Equal(await sides.Source.RefsAsync(), await RefsAsync(sides.Far.PathOf("new.git")));
        Assert.Equal("refs/heads/trunk",
            (await new Command("git", "symbolic-ref", "HEAD") { Directory = sides.Far.PathOf("new.git") }.RunAsync()).Trim());
        var again = await sides.Far.RunAsync("restore", PartitionSides.Name, "./new.git");
        Assert.Equal((0, "ce/routy: up to date at sequence 1\n"), (again.ExitCode, again.Output));
    }

    [Theory]
    [InlineData("deadline: 30m", 6)]
    [InlineData("deadline: 12h", 12)]
    [InlineData("prune: true", 6)]
    public async Task It_has_six_hours_at_least_since_it_moves_all_of_a_repository(string defaults, int hours)
    {
        var file = Path.Combine(Scratch.NewFolder("work"), "mirror.yaml");
        await File.WriteAllTextAsync(file, $"defaults: {{ {defaults} }}\nmirrors: [{{ name: a, source: /a, destination: /b }}]\n");
        using var composition =
            await Composition.OpenAsync(new FilePlace(file, ConfigurationNeeds.None), new SecretReader(_ => null), CancellationToken.None);

        Assert.Equal(TimeSpan.FromHours(hours), RestoreCommand.Plan(composition, "a", "host").Deadline!.Limit);
        Assert.Equal(TimeSpan.FromHours(hours), RestoreCommand.Remotes(composition).Preparation);
    }

    [Fact]
    public async Task A_repository_with_refs_of_its_own_is_not_touched()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        await sides.Target.CommitAsync("theirs", "b.txt", "theirs\n");
        var before = await sides.Target.RefsAsync();

        var result = await sides.Far.RunAsync("restore", PartitionSides.Name, sides.Target.Path);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("it has 1 refs already: restore into an empty repository", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await sides.Target.RefsAsync());
    }

    [Fact]
    public async Task What_is_not_in_the_bucket_is_said_and_makes_no_repository()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();

        var sequence = await sides.Far.RunAsync("restore", PartitionSides.Name, "./x.git", "--at", "7");
        var name = await sides.Far.RunAsync("restore", "no/such", "./x.git");

        Assert.Equal((1, 1), (sequence.ExitCode, name.ExitCode));
        Assert.Contains("there is no sequence 7: the chain goes from 1 to 1", sequence.Error, StringComparison.Ordinal);
        Assert.Contains("there is no head for no/such", name.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(sides.Far.PathOf("x.git")));
    }

    [Fact]
    public async Task An_empty_repository_on_a_server_is_filled_and_no_password_is_shown()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        var apache = await ApacheServer.SharedAsync();
        sides.Far.Secrets.AddRange([ApacheServer.Password, Uri.EscapeDataString(ApacheServer.Password), "wrong-word"]);
        var url = new Uri(apache.Url(sides.Target, Route.Auth));
        string With(string password) =>
            $"{url.Scheme}://{ApacheServer.Username}:{Uri.EscapeDataString(password)}@{url.Authority}{url.AbsolutePath}";

        var refused = await sides.Far.RunAsync("restore", "-v", PartitionSides.Name, With("wrong-word"));
        var taken = await sides.Far.RunAsync("restore", "-v", PartitionSides.Name, With(ApacheServer.Password));

        Assert.Equal((1, 0), (refused.ExitCode, taken.ExitCode));
        Assert.Contains("HTTP 401", refused.Error, StringComparison.Ordinal);
        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task An_object_that_git_refuses_comes_to_no_path()
    {
        var sides = await PartitionSides.CreateAsync();
        var blob = (await sides.Source.ResolveAsync("main:a.txt")).Trim();
        var mktree = new Command("git", "mktree")
        { Directory = sides.Source.Path, Input = System.Text.Encoding.UTF8.GetBytes($"100644 blob {blob}\t.git\n") };
        var tree = (await mktree.RunAsync()).Trim();
        await sides.Source.SetRefAsync("refs/heads/evil", (await sides.Source.GitAsync("commit-tree", tree, "-m", "evil")).Trim());
        await sides.ProduceAsync();
        var target = sides.Far.PathOf("new.git");

        var result = await sides.Far.RunAsync("restore", PartitionSides.Name, target);

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("hasDotgit", result.Error, StringComparison.Ordinal);
        Assert.Empty(await RefsAsync(target));

        // Whoever knows that it is so, and wants it all the same, says so to git.
        sides.Far.Environment["GIT_CONFIG_COUNT"] = "1";
        sides.Far.Environment["GIT_CONFIG_KEY_0"] = "receive.fsck.hasDotgit";
        sides.Far.Environment["GIT_CONFIG_VALUE_0"] = "ignore";
        Assert.Equal(0, (await sides.Far.RunAsync("restore", PartitionSides.Name, target)).ExitCode);
        Assert.Equal(await sides.Source.RefsAsync(), await RefsAsync(target));
    }

    [Theory]
    [InlineData("routy")]
    [InlineData("ce/ruoty")]
    [InlineData("CE/Routy")]
    public async Task A_name_that_is_spelt_almost_right_is_answered_with_the_right_one(string name)
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();

        foreach (var result in new[] { await sides.Far.RunAsync("restore", name, "./x.git"), await sides.Far.RunAsync("verify", name) })
        {
            Assert.Equal(1, result.ExitCode);
            Assert.Contains($"there is no head for {name}: did you mean ce/routy?", result.Error, StringComparison.Ordinal);
        }
    }

    private static async Task<SortedDictionary<string, string>> RefsAsync(string folder)
    {
        var lines = await new Command("git", "for-each-ref", "--format=%(refname) %(objectname)") { Directory = folder }.RunAsync();
        var pairs = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' '));
        return new SortedDictionary<string, string>(pairs.ToDictionary(pair => pair[0], pair => pair[1]), StringComparer.Ordinal);
    }
}
