namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>The high-water mark: a later generation is beyond every sequence of an earlier one.</summary>
public sealed class ChainPositionTests
{
    [Theory]
    [InlineData(1, 1, 1, 2, -1)]
    [InlineData(1, 9, 2, 1, -1)]
    [InlineData(2, 1, 2, 1, 0)]
    [InlineData(2, 1, 1, 9, 1)]
    [InlineData(0, 0, 1, 1, -1)]
    public void Is_compared_by_generation_first(long generation, long sequence, long otherGeneration, long otherSequence, int order)
    {
        var (left, right) = (new ChainPosition(generation, sequence), new ChainPosition(otherGeneration, otherSequence));

        Assert.Equal(order, Math.Sign(left.CompareTo(right)));
        Assert.Equal(order < 0, left < right);
        Assert.Equal(order > 0, left > right);
        Assert.Equal(order <= 0, left <= right);
        Assert.Equal(order >= 0, left >= right);
    }
}
