using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Puts a head with the state of the ledger.</summary>
internal sealed class HeadWriter(Producer producer, RunLedger<ProducerLedger> ledger)
{
    /// <summary>Puts the head of a state, and notes it in the ledger.</summary>
    /// <param name="seen">The head to replace; null for none.</param>
    /// <returns>Whether the head is the first one with the state's end.</returns>
    public async Task<bool> PublishAsync(ChainState state, StoredObject? seen, CancellationToken cancellation)
    {
        var before = ledger.Value!.Published;
        var isNew = before?.Position != state.Position;
        var now = producer.Now;
        // Of two heads with the same sequence, consumers refuse the one with the older time. So after a clock was set back, the time must
        // still grow. But the expiry follows the current clock, so that a clock that was once ahead does not extend it.
        var written = !isNew && before!.Written + TimeSpan.FromSeconds(1) is var least && least > now ? least : now;
        var head = new MirrorHead(ledger.Value.Mirror, state) { Written = written, Expires = now + producer.Policy.Expiry };
        // Only if the head is still the one that was seen: a suspended worker must not replace a newer head with an old one.
        var condition = seen is { } found ? WriteCondition.IfMatch(found.ETag) : WriteCondition.IfAbsent;
        var etag = await SealedHead.SealAsync(head, producer.Keys,
            content => producer.Bucket.PutContentAsync(ObjectKey.OfHead(head.Mirror), content, condition, cancellation), cancellation);
        var published = new PublishedHead(state.Position, etag)
        {
            Signer = producer.Keys.Signer,
            Written = written,
            PutAt = now,
        };
        await ledger.WriteAsync(ledger.Value with { Published = published }, cancellation);
        return isNew;
    }
}
