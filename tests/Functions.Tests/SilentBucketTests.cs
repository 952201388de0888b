using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>
/// A bucket that cannot be listed, and other things that all mirrors of a run need: then each of them has failed, and is told so.
/// </summary>
public sealed class SilentBucketTests
{
    private const string Token = "d41d8cd98f00b204e9800998ecf8427e";

    [Fact]
    public async Task Each_mirror_has_failed_and_who_waits_is_told()
    {
        await using var listener = new FakeServer(FakeAnswer.Ok("text/plain", []));
        var sides = await SilentAsync(listener, "mirrors:\n"
            + "  - { name: a/one, source: ./one.git, destination: ./one-there.git }\n"
            + "  - { name: b/two, source: ./two.git, destination: ./two-there.git }\n");

        var produced = await sides.ProduceAsync("--json");
        var consumed = await sides.ConsumeAsync("--json");
        var verified = await sides.Far.RunAsync("verify", "--json");

        foreach (var result in new[] { produced, consumed, verified })
        {
            Assert.Equal(1, result.ExitCode);
            Assert.Equal([("a/one", "failed", "store-denied"), ("b/two", "failed", "store-denied")], OutcomesIn(result).Order());
            Assert.Equal(2, result.Error.Split("  next: ").Length - 1);
        }
        Assert.Equal([.. Enumerable.Repeat($"/{Token}/fail", 4)], listener.Requests.Select(request => request.Target));
        await sides.Near.WriteAsync(
            "mirror.yaml", (await sides.Near.ReadAsync("mirror.yaml")).Replace(Silent, sides.Bucket, StringComparison.Ordinal));
        await sides.Far.WriteAsync(
            "mirror.yaml", (await sides.Far.ReadAsync("mirror.yaml")).Replace(Silent, sides.Bucket, StringComparison.Ordinal));
        foreach (var side in new[] { sides.Near, sides.Far })
        {
            Assert.Equal(2, (await side.RunAsync("status", "--json")).Output.Split("\"reason\":\"store-denied\"").Length - 1);
        }
    }

    [Fact]
    public async Task What_was_accepted_before_has_failed_too()
    {
        await using var listener = new FakeServer(FakeAnswer.Ok("text/plain", []));
        var sides = await PartitionSides.CreateAsync();
        var bases = Scratch.NewFolder("base");
        Directory.CreateDirectory(Path.Combine(bases, "ce"));
        Directory.CreateSymbolicLink(Path.Combine(bases, "ce/routy.git"), sides.Target.Path);
        var text = $"{sides.Places}{sides.FarKeys}destination_base_url: {bases}\naccept: [ce/*]\n";
        await sides.Far.WriteAsync("mirror.yaml", text);
        await sides.CarryAsync();
        await sides.Far.WriteAsync("mirror.yaml", text.Replace(sides.Bucket, Silent, StringComparison.Ordinal));

        var status = await sides.Far.RunAsync("status", "--json");

        Assert.Equal((1, "ce/routy"), (status.ExitCode, PartitionSides.JsonLine(status).GetProperty("mirror").GetString()));
        Assert.Contains("error: s3://silent: list", status.Error, StringComparison.Ordinal);
        Assert.Equal([("ce/routy", "failed", "store-denied")], OutcomesIn(await sides.ConsumeAsync("--json")));
    }

    [Fact]
    public async Task Where_no_mirror_is_known_yet_that_is_said()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Far.WriteAsync("mirror.yaml", $"{sides.Places.Replace(sides.Bucket, Silent, StringComparison.Ordinal)}{sides.FarKeys}"
            + $"destination_base_url: {Scratch.NewFolder("base")}\naccept: [ce/*]\n");

        var result = await sides.ConsumeAsync("--json");

        foreach (var told in new[] { result, await sides.Far.RunAsync("status", "--json"), await sides.Far.RunAsync("status") })
        {
            Assert.Equal((1, ""), (told.ExitCode, told.Output));
            Assert.StartsWith("error: s3://silent: list", told.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_watch_goes_on()
    {
        await using var listener = new FakeServer(FakeAnswer.Ok("text/plain", []));
        var sides = await SilentAsync(listener, "mirrors:\n  - { name: a/one, source: ./one.git, destination: ./one-there.git }\n");
        using var program = new WatchedProgram(sides.Near, "produce", "--watch", "1s");
        while (listener.Requests.Count < 3)
        {
            await program.ErrorLineAsync();
        }

        await program.InterruptAsync();

        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d watching 1 mirror, every 1 s$", program.Errors[0]);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d error: a/one: s3://silent: list ", program.Errors[1]);
        Assert.Matches(@"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d   next: ", program.Errors[2]);
        Assert.Matches(@"error: a/one: still failing, 2nd time, since \d\d:\d\d: s3://silent: list ", program.Errors[3]);
    }

    // Without keys nobody is asked: no name is looked up, and nothing is waited for.
    private const string Silent = "s3://silent?region=eu-west-1&endpoint=http://127.0.0.1:9";

    private static async Task<PartitionSides> SilentAsync(FakeServer listener, string mirrors)
    {
        var sides = await PartitionSides.CreateAsync();
        var rest = $"defaults: {{ ping_url: {listener.Url}/{Token} }}\n{mirrors}";
        var places = sides.Places.Replace(sides.Bucket, Silent, StringComparison.Ordinal);
        await sides.Near.WriteAsync("mirror.yaml", $"{places}{sides.NearKeys}{rest}");
        await sides.Far.WriteAsync("mirror.yaml", $"{places}{sides.FarKeys}{rest}");
        foreach (var side in new[] { sides.Near, sides.Far })
        {
            // Nor is the machine asked who it is.
            side.Environment["AWS_EC2_METADATA_DISABLED"] = "true";
        }
        return sides;
    }

    private static IEnumerable<(string Mirror, string Outcome, string? Reason)> OutcomesIn(CommandResult result) =>
        result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Select(line => (
                line.GetProperty("mirror").GetString()!,
                line.GetProperty("outcome").GetString()!,
                line.GetProperty("error").GetProperty("reason").GetString()));
}
