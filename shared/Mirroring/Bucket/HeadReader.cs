using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Reads a mirror's head. It only accepts a head that is complete, signed by a trusted key, and of that mirror.</summary>
internal static class HeadReader
{
    public static async Task<MirrorHead> ReadAsync(
        string mirror, ObjectStore bucket, ConsumerKeys keys, BucketListing listing, CancellationToken cancellation)
    {
        var stored = listing.FindHead(mirror) ?? throw NoHead(mirror, bucket, Near(mirror, listing));
        await using var reader = await bucket.OpenReadAsync(stored.Key, offset: 0, cancellation);
        return await OpenAsync(mirror, reader, keys, cancellation);
    }

    /// <param name="meant">The mirror that the user may have meant.
    /// For a configured mirror there is none: most likely it was not produced yet.</param>
    public static ChainException NoHead(string mirror, ObjectStore bucket, string? meant = null) => new(ChainFailure.NoHead,
        $"{bucket.Name}: there is no head for {mirror}{(meant is null ? "" : $": did you mean {meant}?")}");

    /// <summary>Reads a head that was opened in the bucket. If it is not signed by a trusted key, only its beginning is read.</summary>
    public static async Task<MirrorHead> OpenAsync(
        string mirror, ObjectReader sealedHead, ConsumerKeys keys, CancellationToken cancellation)
    {
        var size = sealedHead.Stored.Size;
        if (size > SealedHead.MaxSize)
        {
            throw new ChainException(ChainFailure.Malformed, $"head: it has {size} bytes, and at most {SealedHead.MaxSize} are read");
        }
        var head = await SealedHead.OpenAsync(sealedHead, (int)size, keys, cancellation);
        return head.Mirror == mirror
            ? head
            : throw new ChainException(ChainFailure.WrongMirror, $"head: it is that of '{head.Mirror}', in the place of {mirror}'s");
    }

    /// <summary>The mirror in the bucket with a similar name: the same name with a group, or a misspelt one.</summary>
    private static string? Near(string mirror, BucketListing listing)
    {
        var names = listing.Mirrors().ToList();
        return names.Find(name => $"/{name}".EndsWith($"/{mirror}", StringComparison.OrdinalIgnoreCase))
            ?? Spelling.Nearest(mirror, names);
    }
}
