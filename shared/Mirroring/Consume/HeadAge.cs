namespace Mirror.Mirroring;

/// <summary>What a head's times say by this side's clock.</summary>
/// <param name="Expired">That the head is too old, in words; null where it is still good.</param>
/// <param name="Warning">That it is from the future, in words; null where it is not.</param>
internal readonly record struct HeadAge(string? Expired, string? Warning)
{
    public static HeadAge Of(HeadTimes times, DateTimeOffset now) => new(
        times.IsExpired(now)
            ? $"the head expired on {times.Expires:yyyy-MM-dd HH:mm} UTC: its producer is silent, or somebody withholds newer heads"
            : null,
        times.IsFromTheFuture(now)
            ? $"the head was written on {times.Written:yyyy-MM-dd HH:mm} UTC, which is yet to come: this clock or the producer's is wrong"
            : null);
}
