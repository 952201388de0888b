namespace Mirror.Storage.Drivers;

/// <summary>
/// Limits how much of a store's answer is read. The answer need not come from the store, and the SDKs hold each answer whole, and XML
/// several times over. So the sender must control neither the size of an answer nor the number of its parts. Objects have no limit, since
/// they are streamed.
/// </summary>
internal static class AnswerLimits
{
    /// <summary>For all answers except listings. Errors are below two kilobytes, and confirmations of writes are smaller.</summary>
    public const int MaxSize = 64 * 1024;

    // Each element and attribute takes memory. A full entry of an Azure listing has 35 elements with two tags each.
    private const int MaxMarksPerObject = 100;

    private const int FirstSize = 16 * 1024;

    /// <summary>Reads a whole answer. Throws <see cref="BrokenAnswerException"/> if it is longer than the limit.</summary>
    public static async Task<MemoryStream> TakeAsync(Stream body, int limit, CancellationToken cancellation) =>
        await TryTakeAsync(body, limit, cancellation) ?? throw new BrokenAnswerException($"an answer is longer than {limit} bytes");

    /// <summary>Reads the body of an error. A body that is too long is left out, since the status says most of it.</summary>
    public static async Task<MemoryStream> TakeRefusalAsync(Stream body, CancellationToken cancellation) =>
        await TryTakeAsync(body, MaxSize, cancellation)
            // Both SDKs need these elements.
            ?? new MemoryStream("<Error><Code/><Message/></Error>"u8.ToArray(), writable: false);

    /// <summary>Reads the XML of one page of a listing.
    /// Throws <see cref="BrokenAnswerException"/> if it is larger than any real page.</summary>
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

/// <summary>The limits of one page of a listing.</summary>
/// <param name="Size">In bytes.</param>
internal readonly record struct PageLimits(int Size, int ObjectCount);

/// <summary>An answer that a store would not send.</summary>
internal sealed class BrokenAnswerException(string message) : Exception(message);
