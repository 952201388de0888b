namespace Mirror.Mirroring;

/// <summary>How far apart two clocks may be without a word, by whose clocks they are.</summary>
internal static class ClockTolerance
{
    /// <summary>The producer's and the consumer's.</summary>
    public static readonly TimeSpan OfTwoSides = TimeSpan.FromMinutes(5);

    /// <summary>Two workers' of one producer. Each may be ahead or behind; neither puts the other's head again for it.</summary>
    public static readonly TimeSpan OfTwoWorkers = 2 * OfTwoSides;
}
