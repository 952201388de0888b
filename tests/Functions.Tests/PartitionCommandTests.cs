using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror produce</c> and <c>mirror consume</c> from the outside: what they print where, and how they end.</summary>
public sealed class PartitionCommandTests
{
    private static readonly string[] Keys = ["mirror", "outcome", "sequence", "kind", "refs", "bytes", "seconds", "error", "proven"];

    [Fact]
    public async Task Each_side_says_in_a_line_what_it_did()
    {
        var sides = await PartitionSides.CreateAsync();

        var produced = await sides.ProduceAsync();
        var consumed = await sides.ConsumeAsync();

        Assert.Equal((0, ""), (produced.ExitCode, produced.Error));
        Assert.Matches(@"^ce/routy: updated to sequence 1 \(full\), 1 ref created, [0-9.]+ k?B in [0-9.]+ s\n$", produced.Output);
        Assert.Equal((0, ""), (consumed.ExitCode, consumed.Error));
        Assert.Matches(@"^ce/routy: updated to sequence 1 \(full\), 1 ref created, [0-9.]+ k?B in [0-9.]+ s\n$", consumed.Output);
        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task What_changed_travels_as_a_delta_and_verbose_names_it()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Source.SetRefAsync("refs/heads/old", "main");
        await sides.CarryAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.Source.AnnotatedTagAsync("v1", "main");
        await sides.Source.DeleteRefAsync("refs/heads/old");

        foreach (var result in new[] { await sides.ProduceAsync("--verbose"), await sides.ConsumeAsync("-v") })
        {
            Assert.Equal((0, ""), (result.ExitCode, result.Error));
            Assert.StartsWith("ce/routy: updated to sequence 2 (delta), 1 ref created, 1 ref updated, 1 ref deleted, ",
                result.Output, StringComparison.Ordinal);
            Assert.Matches(@"(?m)^  create refs/tags/v1 [0-9a-f]{7,}$", result.Output);
            Assert.Matches(@"(?m)^  update refs/heads/main [0-9a-f]{7,}\.\.[0-9a-f]{7,}$", result.Output);
            Assert.Matches(@"(?m)^  delete refs/heads/old \(was [0-9a-f]{7,}\)$", result.Output);
        }
        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task Nothing_new_is_up_to_date_and_writes_no_bundle()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();

        var (produced, consumed) = (await sides.ProduceAsync(), await sides.ConsumeAsync());

        Assert.Equal((0, "ce/routy: up to date at sequence 1\n", ""), (produced.ExitCode, produced.Output, produced.Error));
        Assert.Equal((0, ""), (consumed.ExitCode, consumed.Error));
        Assert.StartsWith("ce/routy: up to date at sequence 1", consumed.Output, StringComparison.Ordinal);
        Assert.Single(sides.Bundles);
    }

    [Fact]
    public async Task Full_writes_a_full_bundle_of_the_mirrors_that_are_chosen_also_where_nothing_has_changed()
    {
        var sides = await PartitionSides.CreateAsync();
        var other = await GitRepository.CreateAsync("target");
        await sides.ConfigureAsync(
            PartitionSides.Entry("a/one", sides.Source, sides.Target), PartitionSides.Entry("b/two", sides.Source, other));
        await sides.CarryAsync();

        var dry = await sides.ProduceAsync("--full", "--dry-run");
        var full = await sides.ProduceAsync("--full", "--only", "a/*");
        var consumed = await sides.ConsumeAsync();

        Assert.Equal((0, 0), (dry.ExitCode, full.ExitCode));
        Assert.Matches(@"^a/one: updated to sequence 2 \(full\), no ref, [0-9.]+ k?B in [0-9.]+ s", full.Output);
        Assert.Equal(3, sides.Bundles.Count);
        // Whoever is in step has no need of it.
        Assert.Contains("a/one: up to date at sequence 2", consumed.Output, StringComparison.Ordinal);
        Assert.Contains("b/two: up to date at sequence 1", consumed.Output, StringComparison.Ordinal);
        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task Json_gives_the_same_members_in_the_same_order_on_both_sides()
    {
        var sides = await PartitionSides.CreateAsync();
        var full = new[] { await sides.ProduceAsync("--json"), await sides.ConsumeAsync("--json") };
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        var delta = new[] { await sides.ProduceAsync("--json"), await sides.ConsumeAsync("--json") };
        var nothing = new[] { await sides.ProduceAsync("--json"), await sides.ConsumeAsync("--json") };

        Assert.All(full, result =>
            AssertLine(PartitionSides.JsonLine(result), "updated 1 full", """{"created":1,"updated":0,"deleted":0,"rejected":0}"""));
        Assert.All(delta, result =>
            AssertLine(PartitionSides.JsonLine(result), "updated 2 delta", """{"created":0,"updated":1,"deleted":0,"rejected":0}"""));
        Assert.All(nothing, result =>
            AssertLine(PartitionSides.JsonLine(result), "unchanged 2 ", """{"created":0,"updated":0,"deleted":0,"rejected":0}"""));
    }

    [Fact]
    public async Task Quiet_says_nothing_unless_something_is_wrong()
    {
        var sides = await PartitionSides.CreateAsync();

        foreach (var result in new[] { await sides.ProduceAsync("-q"), await sides.ConsumeAsync("--quiet") })
        {
            Assert.Equal((0, "", ""), (result.ExitCode, result.Output, result.Error));
        }

        await sides.ConfigureAsync(PartitionSides.Entry("ce/broken", "/nowhere/x.git", "/nowhere/y.git"));
        var (produced, consumed) = (await sides.ProduceAsync("-q"), await sides.ConsumeAsync("-q"));
        Assert.Equal((1, "", 1, ""), (produced.ExitCode, produced.Output, consumed.ExitCode, consumed.Output));
        Assert.StartsWith("error: ce/broken: /nowhere/x.git: read refs: ", produced.Error, StringComparison.Ordinal);
        Assert.StartsWith($"error: ce/broken: {sides.Bucket}: there is no head for ce/broken\n  next: run mirror produce on the near side",
            consumed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("8")]
    public async Task One_broken_mirror_stops_no_other(string parallel)
    {
        var sides = await PartitionSides.CreateAsync();
        var targets = new[] { sides.Target, await GitRepository.CreateAsync("target"), await GitRepository.CreateAsync("target") };
        await sides.ConfigureAsync([
            PartitionSides.Entry("a/broken", "/nowhere/x.git", "/nowhere/y.git"),
            .. targets.Select((target, i) => PartitionSides.Entry($"b/m{i}", sides.Source, target))]);

        var produced = await sides.ProduceAsync("-j", parallel);
        var consumed = await sides.ConsumeAsync("--json", "--parallel", parallel);

        Assert.Equal((1, 1), (produced.ExitCode, consumed.ExitCode));
        Assert.EndsWith("4 mirrors: 3 updated, 1 failed\n", produced.Error, StringComparison.Ordinal);
        var lines = consumed.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(3, lines.Count(line => line.GetProperty("outcome").GetString() == "updated"));
        var broken = lines.Single(line => line.GetProperty("outcome").GetString() == "failed");
        Assert.Equal("a/broken no-head",
            $"{broken.GetProperty("mirror").GetString()} {broken.GetProperty("error").GetProperty("reason").GetString()}");
        foreach (var target in targets)
        {
            Assert.Equal(await sides.Source.RefsAsync(), await target.RefsAsync());
        }
    }

    [Fact]
    public async Task Only_chooses_by_name_on_both_sides()
    {
        var sides = await PartitionSides.CreateAsync();
        var other = await GitRepository.CreateAsync("target");
        await sides.ConfigureAsync(
            PartitionSides.Entry("a/one", sides.Source, sides.Target), PartitionSides.Entry("b/two", sides.Source, other));

        Assert.StartsWith("a/one: updated", (await sides.ProduceAsync("--only", "a/*")).Output, StringComparison.Ordinal);
        Assert.Single(sides.Bundles);
        Assert.StartsWith("a/one: updated", (await sides.ConsumeAsync("--only", "a/?ne")).Output, StringComparison.Ordinal);
        Assert.Empty(await other.RefsAsync());
        foreach (var result in new[] { await sides.ProduceAsync("--only", "x/*"), await sides.ConsumeAsync("--only", "x/*") })
        {
            Assert.Equal((2, "", "error: --only x/*: no mirror has such a name; the first is 'a/one'\n"),
                (result.ExitCode, result.Output, result.Error));
        }
    }

    private static void AssertLine(JsonElement line, string words, string refs)
    {
        Assert.Equal(Keys, line.EnumerateObject().Select(property => property.Name));
        Assert.True(line.GetProperty("proven").GetBoolean());
        Assert.Equal(PartitionSides.Name, line.GetProperty("mirror").GetString());
        Assert.Equal(words,
            $"{line.GetProperty("outcome").GetString()} {line.GetProperty("sequence").GetInt64()} {line.GetProperty("kind").GetString()}");
        Assert.Equal(refs, line.GetProperty("refs").GetRawText());
        Assert.Equal(words.StartsWith("updated", StringComparison.Ordinal), line.GetProperty("bytes").GetInt64() > 0);
        Assert.Equal(JsonValueKind.Number, line.GetProperty("seconds").ValueKind);
        Assert.Equal(JsonValueKind.Null, line.GetProperty("error").ValueKind);
    }
}
