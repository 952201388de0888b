namespace Mirror.Storage.Drivers;

/// <summary>
/// How much of what a store answers is taken. Whoever answers need not be the store, and the SDKs hold each answer whole, several times
/// over where it is XML, so neither its size nor its number is left to the sender. Objects are not limited: they are read as they come.
/// </summary>
internal static class AnswerLimits
{
    /// <summary>Of all but listings. Refusals have less than two kilobytes, and what confirms a write has less.</summary>
    public const int MaxSize = 64 * 1024;

    // Elements and attributes cost memory by their number: a full entry of Azure's has 35 elements, each with two tags.
    private const int MaxMarksPerObject = 100;

    private const int FirstSize = 16 * 1024;

    /// <summary>Takes a whole answer, or throws <see cref="BrokenAnswerException"/> where it is longer than the limit.</summary>
    public static async Task<MemoryStream> TakeAsync(Stream body, int limit, CancellationToken cancellation) =>
        await TryTakeAsync(body, limit, cancellation) ?? throw new BrokenAnswerException($"an answer is longer than {limit} bytes");

    /// <summary>Takes what a refusal says. Where that is too long it is left out: the status says most of it.</summary>
    public static async Task<MemoryStream> TakeRefusalAsync(Stream body, CancellationToken cancellation) =>
        await TryTakeAsync(body, MaxSize, cancellation)
            // Both SDKs want these elements.
            ?? new MemoryStream("<Error><Code/><Message/></Error>"u8.ToArray(), writable: false);

    /// <summary>Takes the XML of a page of a listing, or throws <see cref="BrokenAnswerException"/> where no page is so large.</summary>
    public static async Task<MemoryStream> TakePageAsync(Stream body, PageLimits limits, CancellationToken cancellation)
    {
        var page = await TakeAsync(body, limits.Size, cancellation);
        ReadOnlySpan<byte> bytes = page.GetBuffer().AsSpan(0, (int)page.Length);
        var marks = bytes.Count((byte)'<') + bytes.Count((byte)'"') + bytes.Count((byte)'\'');
        return marks <= MaxMarksPerObject * limits.ObjectCount
            ? page
            : throw new BrokenAnswerException($"a page of a listing has {marks} tags and quotes, for {limits.ObjectCount} objects at most");
    }

    private static async Task<MemoryStream?> TryTakeAsync(Stream body, int limit, CancellationToken cancellation)
    {
        var bytes = new byte[Math.Min(FirstSize, limit + 1)];
        var size = 0;
        while (await body.ReadAsync(bytes.AsMemory(size), cancellation) is > 0 and var read)
        {
            size += read;
            if (size > limit)
            {
                return null;
            }
            if (size == bytes.Length)
            {
                Array.Resize(ref bytes, Math.Min(size * 2, limit + 1));
            }
        }
        return new MemoryStream(bytes, 0, size, writable: false, publiclyVisible: true);
    }
}

/// <summary>Of one page of a listing.</summary>
/// <param name="Size">In bytes.</param>
internal readonly record struct PageLimits(int Size, int ObjectCount);

/// <summary>An answer that no store gives.</summary>
internal sealed class BrokenAnswerException(string message) : Exception(message);
