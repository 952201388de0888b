using Mirror.Mirroring.Tests.Runs;
using Mirror.Mirroring.Tests.Sync;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>
/// Sources that send what is no pack, or not what was asked for. <c>upload-pack</c> is git's own; what makes the pack is exchanged by its
/// <c>uploadpack.packObjectsHook</c>, which gets the command line of <c>git pack-objects</c>.
/// </summary>
public sealed class DishonestSourceTests
{
    // PACK, version 2, no objects, and the SHA-1 of that.
    private const string EmptyPack =
        @"printf 'PACK\000\000\000\002\000\000\000\000\002\235\010\202\073\330\250\352\265\020\255\152\307\134\202\074\375\076\323\036'";

    /// <summary>What a source sends in place of a pack.</summary>
    public static TheoryData<string, string> NoPacks => new()
    {
        { "no pack at all", "cat > /dev/null; printf garbage" },
        { "a header and garbage",
            @"cat > /dev/null; printf 'PACK\000\000\000\002\000\000\000\003garbage, and no entry of a pack among it'" },
        { "a pack with another checksum", @"""$@"" > made; head -c -20 made; head -c 20 /dev/zero" },
        { "a pack that is cut off", @"""$@"" > made; head -c 60 made" },
        { "a pack with something behind it", @"""$@""; printf more" },
    };

    [Theory]
    [MemberData(nameof(NoPacks))]
    public async Task What_is_no_pack_becomes_no_bundle(string what, string hook)
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.SendAsync(hook);

        await AssertRefusedAsync(fixture, what);

        Assert.Empty(await fixture.ObjectsAsync());
        await AssertHealsAsync(fixture);
    }

    [Theory]
    [MemberData(nameof(NoPacks))]
    public async Task After_what_is_no_pack_the_next_bundle_is_a_full_one(string what, string hook)
    {
        var fixture = await PartitionFixture.StepAsync();
        var before = await fixture.HeadAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.SendAsync(hook);

        await AssertRefusedAsync(fixture, what);

        Assert.Equal(before.State.Sequence, (await fixture.HeadAsync()).State.Sequence);
        var next = await AssertHealsAsync(fixture);
        Assert.Equal((BundleKind.Full, before.State.Sequence + 1), (next.Bundle, next.Sequence));
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "four\n");
        Assert.Equal(BundleKind.Delta, (await fixture.ProduceAsync()).Bundle);
    }

    [Fact]
    public async Task A_doubt_outlives_a_ledger_that_cannot_be_written_once()
    {
        var (fixture, near) = await DoubtAsync();
        near.FailingLedgerPuts = 1;

        await AssertRefusedAsync(fixture, "no pack");

        Assert.Equal(0, near.FailingLedgerPuts);
        Assert.Equal(BundleKind.Full, (await AssertHealsAsync(fixture)).Bundle);
    }

    [Fact]
    public async Task A_doubt_that_cannot_be_kept_is_a_warning_that_says_what_to_run()
    {
        var (fixture, near) = await DoubtAsync();
        near.FailingLedgerPuts = int.MaxValue;

        var outcome = await fixture.ProduceAsync();

        var advice = $"run 'mirror produce --full --only {fixture.Name}'";
        Assert.Contains(outcome.Warnings, warning => warning.Contains(advice, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_doubt_outlives_the_cancellation_of_its_run()
    {
        var (fixture, near) = await DoubtAsync(new ManualTime());
        using var stop = new CancellationTokenSource();
        near.BeforeLedgerPut = _ => stop.CancelAsync();

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.ProduceAsync(cancellation: stop.Token));

        near.BeforeLedgerPut = null;
        Assert.True(stop.IsCancellationRequested, thrown.ToString());
        Assert.Equal(BundleKind.Full, (await AssertHealsAsync(fixture)).Bundle);
    }

    [Fact]
    public async Task A_run_that_was_cancelled_when_the_source_sent_no_pack_keeps_the_doubt()
    {
        var (fixture, near) = await DoubtAsync(new ManualTime());
        using var stop = new CancellationTokenSource();
        // The turn ends between the source's answer and the first read of the ledger for the doubt.
        near.BeforeTurnEnds = stop.CancelAsync;

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.ProduceAsync(cancellation: stop.Token));

        Assert.True(stop.IsCancellationRequested, thrown.ToString());
        Assert.Equal(BundleKind.Full, (await AssertHealsAsync(fixture)).Bundle);
    }

    [Fact]
    public async Task A_cancelled_run_does_not_wait_for_ever_to_keep_a_doubt()
    {
        var time = new ManualTime();
        var (fixture, near) = await DoubtAsync(time);
        using var stop = new CancellationTokenSource();
        near.BeforeLedgerPut = async token =>
        {
            await stop.CancelAsync();
            time.Advance(TimeSpan.FromSeconds(3));
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fixture.ProduceAsync(cancellation: stop.Token));

        var advice = $"run 'mirror produce --full --only {fixture.Name}'";
        Assert.Contains(fixture.Notes, note => note.Contains(advice, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_while_the_source_sends_casts_no_doubt()
    {
        var (fixture, _) = await DoubtAsync(new ManualTime());
        var sign = Path.Combine(Scratch.NewFolder("sign"), "pipe");
        await new Command("mkfifo", sign).RunAsync();
        await fixture.SendAsync($@"cat > /dev/null; printf 'PACK\000\000\000\002\000\000\000\003'; echo > {sign}; exec cat /dev/zero");
        using var stop = new CancellationTokenSource();

        var run = fixture.ProduceAsync(cancellation: stop.Token);
        Assert.NotSame(run, await Task.WhenAny(run, Task.Run(() => File.ReadAllText(sign))));
        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
        Assert.Equal(BundleKind.Delta, (await AssertHealsAsync(fixture)).Bundle);
    }

    [Fact]
    public async Task An_empty_pack_for_a_whole_repository_becomes_no_bundle()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.SendAsync($"cat > /dev/null; {EmptyPack}");

        await AssertRefusedAsync(fixture, "an empty pack");

        Assert.Empty(await fixture.ObjectsAsync());
        await AssertHealsAsync(fixture);
    }

    [Fact]
    public async Task A_source_that_sends_nothing_for_a_new_commit_and_nothing_for_all_of_them_is_refused()
    {
        var fixture = await PartitionFixture.StepAsync();
        var before = await fixture.HeadAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.SendAsync($"cat > /dev/null; {EmptyPack}");

        await AssertRefusedAsync(fixture, "an empty pack");

        Assert.Equal(before.State.Sequence, (await fixture.HeadAsync()).State.Sequence);
        await AssertHealsAsync(fixture);
    }

    [Fact]
    public async Task Nothing_for_a_commit_that_no_ref_had_is_followed_by_a_full_bundle_that_a_consumer_falls_back_to()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        // It lies once, where it is told what the destination has, and not when it is asked for all.
        await fixture.SendAsync($@"cat > in; if sed '1,/^--not$/d' in | grep -q .; then {EmptyPack}; else ""$@"" < in; fi");

        var produced = await fixture.ProduceAsync();

        PartitionFixture.AssertGood(produced);
        Assert.Equal((BundleKind.Full, 3L), (produced.Bundle, produced.Sequence));
        Assert.Equal(
            [BundleKind.Full, BundleKind.Delta, BundleKind.Full], (await fixture.HeadAsync()).State.Chain.Select(entry => entry.Kind));
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task Nothing_for_the_tip_of_another_ref_needs_no_full_bundle()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.AnnotatedTagAsync("v1", "main");
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        await fixture.Source.SetRefAsync("refs/heads/same", "main");
        await fixture.Source.SetRefAsync("refs/heads/tagged", "v1^{commit}");

        var (produced, consumed) = await fixture.CarryAsync();

        Assert.Equal((BundleKind.Delta, BundleKind.Delta), (produced.Bundle, consumed.Bundle));
        await fixture.AssertEqualAsync();
    }

    /// <summary>A chain whose ledger is in a store that can fail, and a source that sends no pack for what is new.</summary>
    /// <param name="time">The clock of what is done again; by default one whose delays are over at once.</param>
    private static async Task<(PartitionFixture Fixture, SteppedStore Near)> DoubtAsync(TimeProvider? time = null)
    {
        var near = new SteppedStore(new StoreContent(), TimeProvider.System);
        var fixture = new PartitionFixture
        {
            Source = await GitRepository.CreateAsync("source"),
            Target = await GitRepository.CreateAsync("target"),
            NearStore = ObjectStore.Over(near, TimeProvider.System),
            Policy = PartitionFixture.DeltasOnly,
            RemoteTime = time ?? new HastyTime(),
        };
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.SendAsync("cat > /dev/null; printf garbage");
        return (fixture, near);
    }

    private static async Task AssertRefusedAsync(PartitionFixture fixture, string what)
    {
        var outcome = await fixture.ProduceAsync();
        Assert.True((outcome.Kind, outcome.IsProven) == (OutcomeKind.Failed, false), $"{what}: {outcome.Kind}");
        Assert.True(outcome.Error!.Reason.ToString() == "malformed", $"{what}: {outcome.Error.Reason}: {outcome.Error.Message}");
    }

    /// <summary>Asserts that the source, now that it is honest, is carried whole.</summary>
    private static async Task<MirrorOutcome> AssertHealsAsync(PartitionFixture fixture)
    {
        fixture.Ssh = null;
        var outcome = await fixture.ProduceAsync();
        PartitionFixture.AssertGood(outcome);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
        return outcome;
    }
}
