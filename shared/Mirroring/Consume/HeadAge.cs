namespace Mirror.Mirroring;

/// <summary>The result of comparing a head's times with this side's clock.</summary>
/// <param name="Expired">The message for an expired head; null if it is valid.</param>
/// <param name="Warning">The message for a head from the future; null if it is not.</param>
internal readonly record struct HeadAge(string? Expired, string? Warning)
{
    public static HeadAge Of(HeadTimes times, DateTimeOffset now) => new(
        times.IsExpired(now)
            ? $"the head expired on {times.Expires:yyyy-MM-dd HH:mm} UTC: its producer is silent, or newer heads are withheld"
            : null,
        times.IsFromTheFuture(now)
            ? $"the head was written on {times.Written:yyyy-MM-dd HH:mm} UTC, which is yet to come: this clock or the producer's is wrong"
            : null);
}
