namespace Mirror.Mirroring;

/// <summary>The differences between two clocks that are tolerated without a message.</summary>
internal static class ClockTolerance
{
    /// <summary>Between a producer and a consumer.</summary>
    public static readonly TimeSpan OfTwoSides = TimeSpan.FromMinutes(5);

    /// <summary>Between two workers of one producer.
    /// Each clock may be ahead or behind, and neither worker may put the other's head again because of it.</summary>
    public static readonly TimeSpan OfTwoWorkers = 2 * OfTwoSides;
}
