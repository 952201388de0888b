using System.Text.Json;
using System.Text.RegularExpressions;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror status</c>: what each side knows, without asking anybody.</summary>
public sealed class StatusCommandTests
{
    [Fact]
    public async Task Each_side_shows_what_it_did_and_nothing_of_the_other()
    {
        var sides = await PartitionSides.CreateAsync();
        Assert.Equal("ce/routy: nothing yet\n", (await sides.Near.RunAsync("status", "-v")).Output);
        await sides.CarryAsync();

        var (near, far) = (await sides.Near.RunAsync("status", "-v"), await sides.Far.RunAsync("status", "-v"));

        Assert.Equal((0, "", 0, ""), (near.ExitCode, near.Error, far.ExitCode, far.Error));
        Assert.Matches(@"^ce/routy: produced to sequence 1, published just now; 1 ref; 1 full \+ 0 deltas, [0-9.]+ kB\n$", near.Output);
        Assert.Equal("ce/routy: consumed to sequence 1, proven equal just now; nothing behind\n", far.Output);
    }

    [Fact]
    public async Task A_consumer_says_by_how_many_bundles_it_is_behind()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        for (var i = 0; i < 2; i++)
        {
            await sides.Source.CommitAsync("main", "a.txt", $"{i}\n");
            await sides.ProduceAsync();
        }

        var (text, json) = (await sides.Far.RunAsync("status", "-v"), await sides.Far.RunAsync("status", "--json"));

        Assert.Equal((0, "ce/routy: consumed to sequence 1, proven equal just now; behind by 2 bundles since just now\n"),
            (text.ExitCode, text.Output));
        var consumed = PartitionSides.JsonLine(json).GetProperty("consumed");
        Assert.Equal(2, consumed.GetProperty("behind").GetInt32());
        Assert.Equal(JsonValueKind.String, consumed.GetProperty("behind_since").ValueKind);
    }

    [Fact]
    public async Task A_consumer_that_is_later_than_its_objective_says_so()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ConfigureAsync(
            $"  - {{ name: ce/routy, source: {sides.Source.Path}, destination: {sides.Target.Path}, objective: 90m }}\n");
        await sides.CarryAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.ProduceAsync();
        File.SetLastWriteTimeUtc(sides.Bundles[^1], DateTime.UtcNow.AddHours(-2));

        var (text, json) = (await sides.Far.RunAsync("status", "-v"), await sides.Far.RunAsync("status", "--json"));

        Assert.EndsWith(
            "behind by 1 bundle since 2 h ago\n  lag: 2 h, more than its objective, 90 min\n", text.Output, StringComparison.Ordinal);
        var line = PartitionSides.JsonLine(json);
        Assert.Equal((5400, true), (line.GetProperty("objective_seconds").GetInt64(), line.GetProperty("late").GetBoolean()));
        Assert.InRange(line.GetProperty("lag_seconds").GetInt64(), 7200, 7300);
    }

    [Fact]
    public async Task Json_has_the_same_members_always()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();

        var (near, far) = (PartitionSides.JsonLine(await sides.Near.RunAsync("status", "--json")),
            PartitionSides.JsonLine(await sides.Far.RunAsync("status", "--json")));

        Assert.All(new[] { near, far }, line => Assert.Equal(
            ["mirror", "produced", "consumed", "objective_seconds", "faults", "proven", "lag_seconds", "late"], Names(line)));
        Assert.Equal(
            (JsonValueKind.Null, JsonValueKind.Null), (near.GetProperty("consumed").ValueKind, far.GetProperty("produced").ValueKind));
        Assert.Equal(
            ["generation", "sequence", "refs", "full", "deltas", "bytes", "published", "error"], Names(near.GetProperty("produced")));
        Assert.Equal(
            ["generation", "sequence", "proven", "head_expires", "behind", "behind_since", "set_aside", "error"],
            Names(far.GetProperty("consumed")));
    }

    [Fact]
    public async Task The_last_error_stays_until_a_run_goes_well_and_is_an_exit_status()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        Directory.Move(sides.Source.Path, $"{sides.Source.Path}.away");
        Directory.Move(sides.Target.Path, $"{sides.Target.Path}.away");
        Assert.Equal((1, 1), ((await sides.ProduceAsync()).ExitCode, (await sides.ConsumeAsync()).ExitCode));

        foreach (var (side, half) in new[] { (sides.Near, "produced"), (sides.Far, "consumed") })
        {
            var (text, json) = (await side.RunAsync("status", "-v"), await side.RunAsync("status", "--json"));
            Assert.Equal((1, 1), (text.ExitCode, json.ExitCode));
            Assert.Contains($"ce/routy: {half} to sequence 1", text.Output, StringComparison.Ordinal);
            Assert.Contains("\n  last error, just now: /", text.Output, StringComparison.Ordinal);
            var error = PartitionSides.JsonLine(json).GetProperty(half).GetProperty("error");
            Assert.Equal(["at", "reason", "message"], Names(error));
            Assert.Equal("not-found", error.GetProperty("reason").GetString());
        }

        Directory.Move($"{sides.Source.Path}.away", sides.Source.Path);
        Directory.Move($"{sides.Target.Path}.away", sides.Target.Path);
        await sides.CarryAsync();
        Assert.Equal((0, 0), ((await sides.Near.RunAsync("status", "-v")).ExitCode, (await sides.Far.RunAsync("status", "-v")).ExitCode));
    }

    [Fact]
    public async Task A_ledger_that_cannot_be_read_is_a_fault_and_the_next_run_does_without()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await File.WriteAllTextAsync(Assert.Single(Directory.GetFiles(sides.Far.PathOf("state"), "*.consumed.json")), "{ broken");

        var broken = await sides.Far.RunAsync("status", "-v");
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("the ledger cannot be read and counts as lost", broken.Output, StringComparison.Ordinal);
        var consumed = await sides.ConsumeAsync();

        Assert.Equal(0, consumed.ExitCode);
        Assert.Contains("warning: ce/routy: ", consumed.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await sides.Far.RunAsync("status", "-v")).ExitCode);
    }

    [Fact]
    public async Task A_bucket_that_cannot_be_listed_is_said_and_the_ledgers_are_shown_all_the_same()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var good = await File.ReadAllTextAsync(sides.Far.PathOf("mirror.yaml"));
        await sides.Far.WriteAsync("mirror.yaml", $$"""
            credentials: [{ match: s3://store, access_key: env:NOT_SET, secret_key: env:NOT_SET }]
            {{Regex.Replace(good, "^store: .*$", "store: s3://store?endpoint=http://127.0.0.1:1", RegexOptions.Multiline)}}
            """);

        var shown = await sides.Far.RunAsync("status", "-v");

        Assert.Equal((1, "ce/routy: consumed to sequence 1, proven equal just now; nothing behind\n"), (shown.ExitCode, shown.Output));
        Assert.Equal("error: s3://store: list '': env:NOT_SET: the variable is not set: what is behind is not known\n", shown.Error);
    }

    [Fact]
    public async Task It_is_a_table_with_the_worst_first_and_a_line_that_counts()
    {
        var sides = await PartitionSides.CreateAsync();
        var gone = await Mirror.Tests.Servers.GitRepository.CreateAsync("source");
        await sides.ConfigureAsync(
            PartitionSides.Entry("a/well", sides.Source, sides.Target),
            PartitionSides.Entry("b/failing", gone.Path, "/nowhere"),
            PartitionSides.Entry("c/also-well", sides.Source.Path, "/elsewhere"));
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        Directory.Delete(gone.Path, recursive: true);
        Assert.Equal(1, (await sides.ProduceAsync()).ExitCode);

        var status = await sides.Near.RunAsync("status");

        Assert.Equal((1, "3 mirrors: 1 failing, 2 ok\n"), (status.ExitCode, status.Error));
        var lines = status.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Matches("^MIRROR +STATE +LAG +PROVEN +SEQUENCE +LAST ERROR$", lines[0]);
        Assert.Matches("^b/failing +failing .*not-found: ", lines[1]);
        Assert.Matches("^a/well +ok .*just now +1$", lines[2]);
        Assert.Matches("^c/also-well +ok ", lines[3]);
        Assert.Equal(4, lines.Length);
    }

    [Theory]
    [InlineData("not-found: https://git.example.com/a/group/with/a/very/long/path/routy.git: read refs: not found: check the URL",
        "not-found: https://git.example.com/…path/routy.git: read refs: not found: check the URL")]
    [InlineData("https://a-long-name-of-a-server.department.example.com/group/routy.git: not found",
        "https://a-long-name-of-a-server.department.example.com/…p/routy.git: not found")]
    [InlineData("https://a-long-name-of-a-server.department.example.com: no route",
        "https://a-long-name-of-a-server.department.example.com: no route")]
    // Two chars make one sign: never half of it.
    [InlineData("/0123456789012😀/56789/123456789/123456789/1234", "/0123456789012…123456789/123456789/1234")]
    [InlineData("/0123456789/123456789/123456😀3456789/123456789/12345", "/0123456789/123…😀3456789/123456789/12345")]
    [InlineData("internal: /short/path: what it is", "internal: /short/path: what it is")]
    public void A_long_path_does_not_hide_what_went_wrong(string message, string expected) =>
        Assert.Equal(expected, Mirror.Functions.Commands.StatusTable.Shortened(message));

    [Fact]
    public void A_message_of_many_words_is_cut_at_its_end() =>
        Assert.Equal(101, Mirror.Functions.Commands.StatusTable.Shortened(string.Join(' ', Enumerable.Repeat("word", 100))).Length);

    [Fact]
    public void A_message_is_not_cut_within_a_sign() =>
        Assert.Equal($"{new string(' ', 99)}…", Mirror.Functions.Commands.StatusTable.Shortened($"{new string(' ', 99)}😀 and more"));

    private static IEnumerable<string> Names(JsonElement element) => element.EnumerateObject().Select(property => property.Name);
}
