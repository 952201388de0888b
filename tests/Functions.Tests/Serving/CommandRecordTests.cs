using Mirror.Mirroring;
using Mirror.Storage;
using Mirror.Tests.Servers;
using static Mirror.Functions.Tests.Serving.StatusSamples;

namespace Mirror.Functions.Tests.Serving;

/// <summary>A command's runs are remembered as those of a function are, and what changed nothing is not written again and again.</summary>
public sealed class CommandRecordTests
{
    [Fact]
    public async Task The_runs_of_commands_are_in_the_records_that_the_page_shows()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await sides.Near.RunAsync("sync");
        Directory.Delete(sides.Source.Path, recursive: true);
        await sides.ProduceAsync();

        var (produced, synced, consumed) =
            (await RecordAsync(sides.Near, "produce"), await RecordAsync(sides.Near, "sync"), await RecordAsync(sides.Far, "consume"));

        Assert.Equal((false, "not-found"), (produced!.WentWell, produced.Runs[0].Failure!.Reason.Word));
        Assert.Equal([OutcomeKind.Failed, OutcomeKind.Updated], produced.Runs.Select(run => run.Kind));
        Assert.Equal((true, true), (synced!.WentWell, synced.Proven is not null));
        Assert.Equal((true, true), (consumed!.WentWell, consumed.Proven is not null));
    }

    [Fact]
    public async Task A_dry_run_writes_to_no_store_and_a_run_that_changes_nothing_does_not_either_while_its_record_is_young()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await sides.Near.RunAsync("sync");
        await sides.CarryAsync();
        var before = Stored(sides);

        await sides.CarryAsync();
        await sides.Near.RunAsync("sync");
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.ProduceAsync("--dry-run");
        await sides.ConsumeAsync("--dry-run");
        await sides.Near.RunAsync("sync", "--dry-run");

        Assert.Equal(before, Stored(sides));
    }

    [Theory]
    [InlineData(null, 0, "proven", true)]
    [InlineData("proven", 9, "proven", false)]
    [InlineData("proven", 11, "proven", true)]
    [InlineData("proven", -5, "proven", true)]
    [InlineData("proven", 1, "good", false)]
    [InlineData("good", 1, "proven", true)]
    [InlineData("failed", 1, "proven", true)]
    [InlineData("proven", 1, "failed", true)]
    [InlineData("proven", 1, "updated", true)]
    public async Task A_record_is_written_where_it_would_say_something_else_or_is_old(
        string? last, int minutes, string next, bool isWritten)
    {
        var state = ObjectStore.OpenDirectory(Scratch.NewFolder("state"), TimeProvider.System);
        if (last is not null)
        {
            await AddAsync(state, last, Now.AddMinutes(-minutes));
        }

        await AddAsync(state, next, Now);

        var record = await RunRecord.TryReadAsync(state, "ce/routy", "sync", CancellationToken.None);
        Assert.Equal(isWritten, record?.At == Now);
    }

    private static Task AddAsync(ObjectStore state, string what, DateTimeOffset at)
    {
        var kind = what switch { "failed" => OutcomeKind.Failed, "updated" => OutcomeKind.Updated, _ => OutcomeKind.Unchanged };
        var outcome = new MirrorOutcome("ce/routy", kind)
        {
            IsProven = what is "proven" or "updated",
            Error = what == "failed" ? new MirrorError(Reason.Unreachable, "words") : null,
        };
        var ended = new EndedRun("sync", outcome, at, text => text) { Life = TimeSpan.FromMinutes(10) };
        return RunRecord.AddAsync(state, ended, CancellationToken.None);
    }

    private static Task<RunRecord?> RecordAsync(MirrorProgram side, string job)
    {
        var state = ObjectStore.OpenDirectory(side.PathOf("state"), TimeProvider.System);
        return RunRecord.TryReadAsync(state, PartitionSides.Name, job, CancellationToken.None);
    }

    /// <summary>All files of the stores, and when they were written; what a lease leaves is no object.</summary>
    private static IEnumerable<(string, DateTime)> Stored(PartitionSides sides) =>
        [.. new[] { sides.Bucket, sides.Near.PathOf("state"), sides.Far.PathOf("state") }
            .SelectMany(folder => Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            .Where(file => !file.Contains("/.mirror~/", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).Select(file => (file, File.GetLastWriteTimeUtc(file)))];
}
