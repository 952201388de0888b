namespace Mirror.Storage.Parts;

/// <summary>
/// The size of each part. The size of an object is unknown when its upload begins, S3 takes at most 10,000 parts of at least 5 MiB, and
/// parts are held in memory. So parts begin small, and double several times. 10,000 parts have room for 310 GB; below 10 GB no part is
/// larger than 5 MiB.
/// </summary>
internal static class PartSizes
{
    public const int MaxCount = 10_000;

    private const int First = 5 * 1024 * 1024;

    private const int CountOfEachSize = 2_000;

    /// <param name="number">From 1.</param>
    public static int Of(int number) => number is > 0 and <= MaxCount
        ? First << ((number - 1) / CountOfEachSize)
        : throw new ArgumentOutOfRangeException(nameof(number));
}
