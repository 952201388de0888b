using Mirror.Git;
using Mirror.Mirroring.Tests.Bucket;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Consumers and the next run can read what a producer writes: more refs are refused before anything is written.</summary>
public sealed class HeadLimitTests
{
    [Fact]
    public async Task Too_many_refs_are_refused_before_a_bundle_is_written_and_fewer_are_taken_afterwards()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        var before = await fixture.ObjectsAsync();
        var tip = await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        for (var i = 0; i < 100; i++)
        {
            await fixture.Source.SetRefAsync($"refs/heads/{i}", tip);
        }
        // Room for a head of one ref and two more entries of the largest size, and not for a hundred refs.
        fixture.MaxHeadSize = 14_000;

        var refused = await fixture.ProduceAsync();

        Assert.Equal((OutcomeKind.Failed, Reason.Unsupported), (refused.Kind, refused.Error?.Reason));
        Assert.Contains("101 refs are too many for one mirror: its head would have ", refused.Error!.Message, StringComparison.Ordinal);
        Assert.Equal(before, await fixture.ObjectsAsync());
        var fewer = await fixture.ProduceAsync(fixture.ProduceRequest("refs/heads/main"));
        PartitionFixture.AssertGood(fewer);
    }

    [Theory]
    [InlineData("sha1", 'a')]
    [InlineData("sha256", 'a')]
    [InlineData("sha1", '"')]
    [InlineData("sha1", 'é')]
    public async Task No_head_is_larger_than_was_reckoned_and_no_ledger_than_twice_that(string format, char letter)
    {
        var digits = format == "sha1" ? 40 : 64;
        RefList refs = [.. Enumerable.Range(0, 5_000).Select(i =>
            new Ref(RefName.Parse($"refs/{letter}{i:0000}"), ObjectId.Parse($"{i + 1}".PadLeft(digits, '0'))))];
        var state = new ChainState(1, format == "sha1" ? ObjectFormat.Sha1 : ObjectFormat.Sha256)
        {
            Chain = [HeadText.Value.State.Chain[0]],
            Managed = ["refs/*"],
            Refs = refs,
        };
        var head = HeadText.Value with { State = state };
        var reckoned = SealedHead.SizeOf(head, recipientCount: 1);

        var sealedHead = await HeadText.SealAsync(head, HeadText.Signing, [HeadText.Identity.Recipient], CancellationToken.None);
        // Every ref at a commit of its own, under a name as short as it can be: no ledger has more beside its head.
        var ledger = new ProducerLedger(head.Mirror) { State = state, Haves = new BundleHaves([.. refs.Select(found => found.Id)], []) };

        Assert.InRange(sealedHead.Length, reckoned * 0.9, reckoned);
        Assert.InRange(
            ledger.ToJson().Sum(piece => piece.Length), reckoned * 0.9, reckoned * (double)LedgerStore.MaxSize / SealedHead.MaxSize);
    }
}
