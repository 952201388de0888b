namespace Mirror.Mirroring.Tests.Partition;

/// <summary>A branch that trails another one: it moves to where that one was, and the source has nothing to send.</summary>
public sealed class PromotionTests
{
    [Fact]
    public async Task A_promotion_to_a_tip_since_the_full_bundle_needs_no_other_full_bundle()
    {
        var fixture = await StartAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.CarryAsync();
        await fixture.Source.SetRefAsync("refs/heads/production", "main~1");

        await AssertArrivesAsync(fixture, BundleKind.Delta);
        await fixture.Source.SetRefAsync("refs/heads/main", "main~2");
        await AssertArrivesAsync(fixture, BundleKind.Delta);
    }

    [Fact]
    public async Task A_promotion_to_a_commit_that_never_was_a_tip_gets_one()
    {
        var fixture = await StartAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.CarryAsync();
        await fixture.Source.SetRefAsync("refs/heads/production", "main~1");

        await AssertArrivesAsync(fixture, BundleKind.Full);
    }

    [Fact]
    public async Task A_promotion_to_a_tip_of_before_the_full_bundle_gets_one()
    {
        var fixture = await StartAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        PartitionFixture.AssertGood(await fixture.ProduceAsync(fixture.ProduceRequest() with { Full = true }));
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.Source.SetRefAsync("refs/heads/production", "main~1");

        await AssertArrivesAsync(fixture, BundleKind.Full);
    }

    private static async Task<PartitionFixture> StartAsync()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.SetRefAsync("refs/heads/production", "main");
        await fixture.CarryAsync();
        return fixture;
    }

    private static async Task AssertArrivesAsync(PartitionFixture fixture, BundleKind kind)
    {
        var (produced, _) = await fixture.CarryAsync();
        Assert.Equal(kind, produced.Bundle);
        await fixture.AssertEqualAsync();
        var late = await fixture.LateAsync();
        PartitionFixture.AssertGood(await late.ConsumeAsync());
        await late.AssertEqualAsync();
    }
}
