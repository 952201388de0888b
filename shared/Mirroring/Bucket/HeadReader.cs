using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Reads a mirror's head, and believes it only if it is signed, whole, and that mirror's.</summary>
internal static class HeadReader
{
    public static async Task<MirrorHead> ReadAsync(
        string mirror, ObjectStore bucket, ConsumerKeys keys, BucketListing listing, CancellationToken cancellation)
    {
        var stored = listing.FindHead(mirror) ?? throw new ChainException(ChainFailure.NoHead,
            $"{bucket.Name}: there is no head for {mirror}");
        var content = await bucket.ReadAsync(stored.Key, SealedHead.MaxSize, cancellation);
        return await OpenAsync(mirror, content, keys, cancellation);
    }

    public static async Task<MirrorHead> OpenAsync(string mirror, StoredContent content, ConsumerKeys keys, CancellationToken cancellation)
    {
        var head = await SealedHead.OpenAsync(content.Bytes, keys.Identities, keys.Trusted, cancellation);
        return head.Mirror == mirror
            ? head
            : throw new ChainException(ChainFailure.WrongMirror, $"head: it is that of '{head.Mirror}', in the place of {mirror}'s");
    }
}
