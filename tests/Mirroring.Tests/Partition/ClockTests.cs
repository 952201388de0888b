namespace Mirror.Mirroring.Tests.Partition;

/// <summary>A producer whose clock was ahead, once, and is right again.</summary>
public sealed class ClockTests
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(3650);

    [Fact]
    public async Task A_clock_that_was_ahead_once_does_not_end_expiry_for_good()
    {
        var fixture = await AheadAsync();
        var ahead = await fixture.HeadAsync();
        Assert.True(ahead.Written > DateTimeOffset.UtcNow.AddYears(9));

        PartitionFixture.AssertGood(await fixture.ProduceAsync());

        AssertExpiresIn(await fixture.HeadAsync(), fixture.Policy.Expiry);
        var (late, objects) = (await fixture.HeadAsync(), await fixture.ObjectsAsync());
        fixture.Time.Shift = TimeSpan.FromHours(2);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        Assert.Equal(objects, await fixture.ObjectsAsync());

        fixture.Time.Shift = TimeSpan.FromHours(25);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        AssertExpiresIn(await fixture.HeadAsync(), TimeSpan.FromHours(25) + fixture.Policy.Expiry);
        Assert.Equal((1L, 1L), (late.State.Sequence, (await fixture.HeadAsync()).State.Sequence));
    }

    [Fact]
    public async Task The_head_of_one_sequence_never_looks_older_than_it_was()
    {
        var fixture = await AheadAsync();
        var ahead = await fixture.HeadAsync();
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());

        PartitionFixture.AssertGood(await fixture.ProduceAsync());

        Assert.Equal(ahead.Written + TimeSpan.FromSeconds(1), (await fixture.HeadAsync()).Written);
        Assert.NotEqual("rollback", (await fixture.ConsumeAsync()).Error?.Reason.Word);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task The_next_sequence_is_written_when_it_is_written()
    {
        var fixture = await AheadAsync();
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");

        PartitionFixture.AssertGood(await fixture.ProduceAsync());

        var head = await fixture.HeadAsync();
        Assert.InRange(head.Written, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1));
        AssertExpiresIn(head, fixture.Policy.Expiry);
        var consumed = await fixture.ConsumeAsync();
        PartitionFixture.AssertGood(consumed);
        Assert.Equal((true, head.State.Sequence), (consumed.IsProven, consumed.Sequence));
        await fixture.AssertEqualAsync();
    }

    /// <summary>One bundle, produced by a clock that is right again now.</summary>
    private static async Task<PartitionFixture> AheadAsync()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        fixture.Time.Shift = Ahead;
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        fixture.Time.Shift = TimeSpan.Zero;
        return fixture;
    }

    private static void AssertExpiresIn(MirrorHead head, TimeSpan time) =>
        Assert.InRange(
            head.Expires, DateTimeOffset.UtcNow + time - TimeSpan.FromHours(1), DateTimeOffset.UtcNow + time + TimeSpan.FromHours(1));
}
