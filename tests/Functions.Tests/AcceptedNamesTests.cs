using System.Text.Json;
using Mirror.Functions.Configurations;
using Mirror.Functions.Runs;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>A consumer that accepts mirrors by name, and a bucket to which somebody else writes names.</summary>
public sealed class AcceptedNamesTests
{
    private const int JunkCount = 20;

    [Fact]
    public async Task Junk_heads_leave_nothing_in_the_state()
    {
        var sides = await PartitionSides.CreateAsync();
        await AcceptAllAsync(sides, Scratch.NewFolder("base"));
        await WriteJunkAsync(sides, Enumerable.Range(0, JunkCount).Select(i => $"junk/{i}"));

        var result = await sides.ConsumeAsync("--json");

        Assert.Equal((1, JunkCount), (result.ExitCode, result.Output.Split("\"outcome\":\"failed\"").Length - 1));
        Assert.Empty(StateOf(sides));
    }

    [Fact]
    public async Task A_mirror_whose_head_was_believed_once_has_its_failures_recorded()
    {
        var sides = await PartitionSides.CreateAsync();
        await AcceptAllAsync(sides, BaseWith(sides.Target));
        await sides.CarryAsync();
        await WriteJunkAsync(sides, [PartitionSides.Name]);

        Assert.Equal(1, (await sides.ConsumeAsync()).ExitCode);

        var record = Assert.Single(StateOf(sides), file => file.EndsWith(".consume.runs.json", StringComparison.Ordinal));
        var runs = JsonDocument.Parse(await File.ReadAllTextAsync(record)).RootElement.GetProperty("runs");
        Assert.Equal(["failed", "updated"], runs.EnumerateArray().Select(run => run.GetProperty("outcome").GetString()));
    }

    /// <summary>A first run that takes too long must be seen all the same.</summary>
    [Fact]
    public async Task A_deadline_is_kept_of_a_mirror_whose_head_was_believed_and_of_no_other()
    {
        using var late = new CancellationTokenSource();
        await using var target = new FakeServer(async (_, _, _) => await late.CancelAsync());
        var sides = await PartitionSides.CreateAsync();
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        await AcceptAllAsync(sides, target.Url);
        await WriteJunkAsync(sides, ["junk/1"]);
        using var composition = await Composition.OpenAsync(
            new FilePlace(sides.Far.PathOf("mirror.yaml")), new SecretReader(_ => null), CancellationToken.None);
        var side = await ConsumeJobs.OpenAsync(composition, CancellationToken.None);
        var jobs = side.Requests.Select(side.Job).ToDictionary(job => job.Mirror);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            jobs[PartitionSides.Name].RunAsync(new TransferMeter(), late.Token));

        foreach (var job in jobs.Values)
        {
            await job.RememberAsync(
                new MirrorOutcome(job.Mirror, OutcomeKind.Failed) { Error = new MirrorError(Reason.Deadline, "too late") });
        }

        Assert.Equal(["ce/routy", "junk/1"], jobs.Keys.Order(StringComparer.Ordinal));
        var ledger = Assert.Single(StateOf(sides), file => file.EndsWith(".consumed.json", StringComparison.Ordinal));
        Assert.Equal(ConsumerLedger.Key(PartitionSides.Name), Path.GetFileName(ledger));
        Assert.Contains("too late", await File.ReadAllTextAsync(ledger), StringComparison.Ordinal);
    }

    private static Task AcceptAllAsync(PartitionSides sides, string bases) =>
        sides.Far.WriteAsync("mirror.yaml", $"{sides.Places}{sides.FarKeys}destination_base_url: {bases}\naccept: [\"*\"]\n");

    private static async Task WriteJunkAsync(PartitionSides sides, IEnumerable<string> mirrors)
    {
        foreach (var mirror in mirrors)
        {
            await File.WriteAllTextAsync(Path.Combine(sides.Bucket, ObjectKey.OfHead(mirror)), "no head");
        }
    }

    private static string[] StateOf(PartitionSides sides) => Directory.Exists(sides.Far.PathOf("state"))
        ? Directory.GetFiles(sides.Far.PathOf("state"), "*", SearchOption.AllDirectories)
        : [];

    private static string BaseWith(GitRepository repository)
    {
        var folder = Scratch.NewFolder("base");
        Directory.CreateDirectory(Path.Combine(folder, "ce"));
        Directory.CreateSymbolicLink(Path.Combine(folder, "ce/routy.git"), repository.Path);
        return folder;
    }
}
