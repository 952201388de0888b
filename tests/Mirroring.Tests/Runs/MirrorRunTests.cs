namespace Mirror.Mirroring.Tests.Runs;

/// <summary>Many mirrors in one run: one that breaks stops no other, and a slow host keeps only its own waiting.</summary>
public sealed class MirrorRunTests
{
    [Fact]
    public async Task A_fault_of_our_own_is_that_mirrors_outcome_and_the_others_are_done()
    {
        var outcomes = await RunAsync(parallel: 2, On("a", "x"), On("b", "x", new InvalidOperationException("oops")), On("c", "x"));

        Assert.Equal(["a", "b", "c"], outcomes.Select(outcome => outcome.Mirror).Order(StringComparer.Ordinal));
        var failed = outcomes.Single(outcome => outcome.Kind == OutcomeKind.Failed);
        Assert.Equal(("b", "internal"), (failed.Mirror, failed.Error?.Reason.Word));
        Assert.Contains("oops", failed.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_out_that_looks_like_a_cancellation_stops_no_other_mirror()
    {
        var outcomes = await RunAsync(parallel: 1, On("a", "x", new TaskCanceledException()), On("b", "x"));

        Assert.Equal([OutcomeKind.Failed, OutcomeKind.Unchanged], outcomes.Select(outcome => outcome.Kind));
    }

    [Fact]
    public void The_least_busy_host_comes_first()
    {
        MirrorJob[] mirrors =
            [On("slow/1", "slow"), On("slow/2", "slow"), On("slow/3", "slow"), On("fast/1", "fast"), On("fast/2", "fast")];
        var queue = new FairQueue<MirrorJob>(mirrors, mirror => mirror.Hosts);
        List<MirrorJob> taken = [];
        for (var i = 0; i < 3; i++)
        {
            Assert.True(queue.TryTake(out var mirror));
            taken.Add(mirror);
        }
        Assert.Equal(["slow/1", "fast/1", "slow/2"], taken.Select(mirror => mirror.Mirror));

        queue.Release(taken[1]);

        Assert.True(queue.TryTake(out var next));
        Assert.Equal("fast/2", next.Mirror);
    }

    private static async Task<List<MirrorOutcome>> RunAsync(int parallel, params MirrorJob[] jobs)
    {
        var outcomes = new List<MirrorOutcome>();
        await MirrorRun.RunAsync(
            jobs, parallel, new RunListener(_ => new TransferMeter(), (_, _, outcome) => outcomes.Add(outcome)), CancellationToken.None);
        return outcomes;
    }

    private static MirrorJob On(string name, string host, Exception? fault = null) =>
        new(name, [host], (_, _) => fault is not null ? throw fault : Task.FromResult(new MirrorOutcome(name, OutcomeKind.Unchanged)));
}
