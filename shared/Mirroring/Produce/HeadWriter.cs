using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Puts the head that says what the ledger says.</summary>
internal sealed class HeadWriter(Producer producer, RunLedger<ProducerLedger> ledger)
{
    /// <summary>Puts the head of a state, and remembers in the ledger that it did.</summary>
    /// <param name="seen">The head that is to be replaced; null where there is none.</param>
    /// <returns>Whether it is the first head to tell of the state's end.</returns>
    public async Task<bool> PublishAsync(ChainState state, StoredObject? seen, CancellationToken cancellation)
    {
        var before = ledger.Value!.Published;
        var isNew = before?.Position != state.Position;
        var now = producer.Now;
        // Of two heads of one sequence, consumers refuse the one that says it is older. A clock that was set back must not make
        // a later head look like an earlier one; but no clock that was ahead once decides how long the head is good for.
        var written = !isNew && before!.Written + TimeSpan.FromSeconds(1) is var least && least > now ? least : now;
        var head = new MirrorHead(ledger.Value.Mirror, state) { Written = written, Expires = now + producer.Policy.Expiry };
        // On the condition that the head is still the one that we saw: a worker who slept must not put an old one over a new one.
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
