namespace Mirror.Mirroring.Tests.Partition;

/// <summary>What goes in on the near side comes out on the far side, and the next time only what is new.</summary>
public sealed class CarryingTests
{
    [Theory]
    [InlineData("sha1")]
    [InlineData("sha256")]
    public async Task A_repository_arrives_whole_and_then_what_is_new(string format)
    {
        var fixture = await PartitionFixture.CreateAsync(format);
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.AnnotatedTagAsync("v1", "main");

        var (produced, consumed) = await fixture.CarryAsync();

        Assert.Equal((1L, BundleKind.Full, OutcomeKind.Updated), (produced.Sequence, produced.Bundle, produced.Kind));
        Assert.Equal((1L, BundleKind.Full, new RefCounts(2, 0, 0, 0)), (consumed.Sequence, consumed.Bundle, consumed.Refs));
        await fixture.AssertEqualAsync();

        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        (produced, consumed) = await fixture.CarryAsync();

        Assert.Equal((2L, BundleKind.Delta), (produced.Sequence, produced.Bundle));
        Assert.Equal((2L, BundleKind.Delta, new RefCounts(0, 1, 0, 0)), (consumed.Sequence, consumed.Bundle, consumed.Refs));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task Nothing_new_is_unchanged_on_both_sides()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();

        var (produced, consumed) = await fixture.CarryAsync();

        Assert.Equal((OutcomeKind.Unchanged, 1L, (BundleKind?)null), (produced.Kind, produced.Sequence, produced.Bundle));
        Assert.Equal((OutcomeKind.Unchanged, 1L, (BundleKind?)null), (consumed.Kind, consumed.Sequence, consumed.Bundle));
    }
}
