namespace Mirror.Mirroring.Tests.Partition;

/// <summary>How a chain grows, is begun anew, is cleared away, and stays fresh.</summary>
public sealed class ChainTests
{
    [Fact]
    public async Task Sixty_changes_in_a_row_make_one_more_full_bundle_that_a_consumer_in_step_never_reads()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "0\n");
        await fixture.CarryAsync();
        for (var i = 1; i <= 60; i++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{i}\n");
            PartitionFixture.AssertGood(await fixture.ProduceAsync());
            // The full one comes behind the delta, so whoever has that needs it not.
            var last = (await fixture.HeadAsync()).State.Last;
            var bytes = await fixture.ReadAsync(last.Key);
            if (last.Kind == BundleKind.Full)
            {
                await fixture.DeleteAsync(last.Key);
            }
            var consumed = await fixture.ConsumeAsync();
            Assert.Equal((OutcomeKind.Updated, BundleKind.Delta), (consumed.Kind, consumed.Bundle));
            await fixture.WriteAsync(last.Key, bytes);
        }
        await fixture.AssertEqualAsync();
        var state = (await fixture.HeadAsync()).State;
        AssertContiguous(state);
        Assert.Equal([1L, 53], state.Chain.Where(entry => entry.Kind == BundleKind.Full).Select(entry => entry.Sequence));
        Assert.Equal(62, state.Sequence);
        var late = await fixture.LateAsync();
        PartitionFixture.AssertGood(await late.ConsumeAsync());
        await late.AssertEqualAsync();
    }

    [Fact]
    public async Task Deltas_that_outweigh_half_of_their_full_bundle_are_followed_by_a_new_one()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        var kinds = new List<BundleKind?>();
        for (var i = 0; i < 4; i++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"more {i}\n");
            var (produced, consumed) = await fixture.CarryAsync();
            kinds.Add(produced.Bundle);
            Assert.Equal(BundleKind.Delta, consumed.Bundle);
        }

        // A delta of this small repository weighs nearly as much as the whole.
        Assert.Equal([BundleKind.Delta, BundleKind.Full, BundleKind.Delta, BundleKind.Full], kinds);
        AssertContiguous((await fixture.HeadAsync()).State);
        await fixture.AssertEqualAsync();
        var late = await fixture.LateAsync();
        Assert.Equal((OutcomeKind.Updated, BundleKind.Full),
            ((await late.ConsumeAsync()) is var outcome ? (outcome.Kind, outcome.Bundle) : default));
        await late.AssertEqualAsync();
    }

    [Fact]
    public async Task What_a_full_bundle_stands_in_for_is_deleted_after_the_retention_and_not_before()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly with { MaxDeltas = 2 };
        for (var i = 1; i <= 4; i++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{i}\n");
            await fixture.ProduceAsync();
        }
        var old = (await fixture.HeadAsync()).State;
        Assert.Equal([1L, 2, 3, 4, 5], old.Chain.Select(entry => entry.Sequence));
        Assert.Equal([1L, 5], old.Chain.Where(entry => entry.Kind == BundleKind.Full).Select(entry => entry.Sequence));

        fixture.Time.Shift = TimeSpan.FromDays(6);
        await fixture.ProduceAsync();
        Assert.Equal(6, (await fixture.ObjectsAsync()).Count);

        fixture.Time.Shift = TimeSpan.FromDays(8);
        await fixture.ProduceAsync();
        Assert.Equal([5L], (await fixture.HeadAsync()).State.Chain.Select(entry => entry.Sequence));
        Assert.Equal(new[] { fixture.HeadKey, old.Last.Key }.Order(StringComparer.Ordinal),
            (await fixture.ObjectsAsync()).Select(found => found.Key).Order(StringComparer.Ordinal));
        await fixture.CarryAsync();
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_mirror_that_rests_gets_a_new_head_a_day_and_nothing_else()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        var (before, head) = (await fixture.ObjectsAsync(), await fixture.HeadAsync());

        fixture.Time.Shift = TimeSpan.FromHours(23);
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ProduceAsync()).Kind);
        Assert.Equal(before, await fixture.ObjectsAsync());

        fixture.Time.Shift = TimeSpan.FromHours(25);
        var (produced, consumed) = await fixture.CarryAsync();
        Assert.Equal((OutcomeKind.Unchanged, (BundleKind?)null), (produced.Kind, produced.Bundle));
        Assert.Equal((OutcomeKind.Unchanged, (BundleKind?)null, 1L), (consumed.Kind, consumed.Bundle, consumed.Sequence));
        Assert.Equal(fixture.HeadKey, Assert.Single((await fixture.ObjectsAsync()).Except(before)).Key);
        Assert.True((await fixture.HeadAsync()).Expires > head.Expires + TimeSpan.FromHours(24));
        Assert.InRange((await fixture.ReadAsync(fixture.HeadKey)).Length, 1, 2_500);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_head_that_nobody_renews_holds_the_run_and_is_still_applied(bool isKnown)
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        if (isKnown)
        {
            Assert.Empty((await fixture.ConsumeAsync()).Warnings);
        }

        fixture.Time.Shift = TimeSpan.FromDays(7.1);
        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Held, Reason.ExpiredHead, isKnown ? 0 : 1, false),
            (outcome.Kind, outcome.Error?.Reason, outcome.Refs.Created, outcome.IsProven));
        Assert.StartsWith("the head expired on", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Empty(outcome.Warnings);
        await fixture.AssertEqualAsync();
        // Until the producer is heard of again.
        Assert.Equal(OutcomeKind.Held, (await fixture.ConsumeAsync()).Kind);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        Assert.Equal((OutcomeKind.Unchanged, true), (await fixture.ConsumeAsync()) is var again ? (again.Kind, again.IsProven) : default);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_head_that_nobody_renews_is_a_warning_where_that_is_asked_for(bool isKnown)
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        if (isKnown)
        {
            Assert.Empty((await fixture.ConsumeAsync()).Warnings);
        }

        fixture.Time.Shift = TimeSpan.FromDays(7.1);
        var outcome = await fixture.ConsumeAsync(fixture.ConsumeRequest() with { Expired = ExpiredHeads.Warn });

        Assert.Equal((isKnown ? OutcomeKind.Unchanged : OutcomeKind.Updated, false), (outcome.Kind, outcome.IsProven));
        Assert.Contains("the head expired on", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task An_expired_head_does_not_hide_behind_refs_that_the_target_refuses()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        await fixture.Target.InstallHookAsync("update", "exit 1");
        fixture.Time.Shift = TimeSpan.FromDays(7.1);

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Failed, Reason.RefsRefused), (outcome.Kind, outcome.Error?.Reason));
        Assert.Contains("the head expired on", Assert.Single(outcome.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-4, false)]
    [InlineData(-6, true)]
    public async Task A_head_from_the_future_is_warned_of(int minutes, bool isWarned)
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        fixture.Time.Shift = TimeSpan.FromMinutes(minutes);
        MirrorOutcome[] outcomes = [await fixture.ConsumeAsync(), await fixture.ConsumeAsync()];

        Assert.Equal([OutcomeKind.Updated, OutcomeKind.Unchanged], outcomes.Select(outcome => outcome.Kind));
        Assert.All(outcomes, outcome => Assert.Equal(isWarned ? 1 : 0,
            outcome.Warnings.Count(warning => warning.Contains("which is yet to come", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task New_recipients_can_read_the_whole_repository()
    {
        var fixture = await PartitionFixture.ProducedAsync(2);
        var joined = Age.AgeIdentity.Generate();
        var other = new PartitionFixture
        {
            Folder = fixture.Folder,
            FarName = "joined",
            Identity = joined,
            Signing = fixture.Signing,
            Source = fixture.Source,
            Target = fixture.Target,
        };
        await other.AssertRefusedAsync("undecryptable");

        var produced = await other.ProduceAsync();

        Assert.Equal(BundleKind.Full, produced.Bundle);
        PartitionFixture.AssertGood(await other.ConsumeAsync());
        await other.AssertEqualAsync();
    }

    internal static void AssertContiguous(ChainState state)
    {
        Assert.Equal(
            Enumerable.Range(0, state.Chain.Count).Select(i => state.Chain[0].Sequence + i), state.Chain.Select(entry => entry.Sequence));
        Assert.Equal(BundleKind.Full, state.Chain[0].Kind);
        Assert.Equal(state.Chain.Count, state.Chain.Select(entry => entry.Key).Distinct().Count());
    }
}
