using System.Buffers;
using System.Text;
using Mirror.Git;
using Mirror.Mirroring.Tests.Bucket;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Ledgers;

/// <summary>
/// What producer and consumer remember: kept whole, changed by one at a time, and counted as lost when it cannot be read.
/// </summary>
public class LedgerTests
{
    private const string Mirror = "ce/routy";

    private readonly ObjectStore _store = ObjectStore.OpenDirectory(Scratch.NewFolder("state"), TimeProvider.System);

    private static readonly ProducerLedger Produced = new(Mirror)
    {
        State = HeadText.Value.State,
        Haves = new BundleHaves([ObjectId.Parse(HeadText.Id), ObjectId.Parse(new string('b', 40))], [ObjectId.Parse(new string('c', 40))]),
        Readers = "readers",
        Published = new PublishedHead(new ChainPosition(2, 6), "\"etag\"")
        { Signer = "SHA256:x", Written = HeadText.Time("2026-01-31T10:00:00Z"), PutAt = HeadText.Time("2026-01-30T10:00:00Z") },
        Failure = new LedgerFailure(HeadText.Time("2026-01-31T10:00:01Z"), Reason.NotFound, "a \"message\"\n\u00e9") { IsHeld = true },
        Fence = 4,
        IsInDoubt = true,
    };

    private static readonly ConsumerLedger Consumed = new(Mirror)
    {
        Generation = 3,
        Sequence = 7,
        RefsDigest = "one",
        TargetDigest = "other",
        Managed = ["refs/heads/*", "^refs/heads/x"],
        HeadETag = "\"etag\"",
        HeadWritten = HeadText.Time("2026-01-31T10:00:00Z"),
        HeadExpires = HeadText.Time("2026-02-07T10:00:00Z"),
        Narrowing = new LedgerNarrowing("refs/heads/main", "ab", "cd"),
        Proven = HeadText.Time("2026-01-31T10:05:00Z"),
        SetAside = new Dictionary<string, string> { ["refs/heads/a"] = "protected", ["refs/heads/\u00e9"] = "\ud83d\ude80 \"no\"\n" },
        Failure = new LedgerFailure(HeadText.Time("2026-01-31T10:00:01Z"), Reason.Refused, "why"),
    };

    private LedgerStore Ledgers => new(_store);

    [Fact]
    public async Task A_producers_ledger_is_kept_whole()
    {
        foreach (var ledger in new[] { Produced, new ProducerLedger(Mirror), new ProducerLedger(Mirror) { Fence = 1 } })
        {
            var etag = (await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None)).ETag;
            var written = await Ledgers.WriteAsync(ledger, etag, CancellationToken.None);
            var read = await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None);

            Assert.Equal((null, written.ETag), (read.Fault, read.ETag));
            Assert.Equal(Text(ledger.ToJson()), Text(read.Value!.ToJson()));
            Assert.Equal(ledger.Haves.Commits, read.Value.Haves.Commits);
            Assert.Equal(ledger.Haves.Others, read.Value.Haves.Others);
            Assert.Equal((ledger.Readers, ledger.Published, ledger.Failure, ledger.Fence),
                (read.Value.Readers, read.Value.Published, read.Value.Failure, read.Value.Fence));
            Assert.Equal(ledger.IsInDoubt, read.Value.IsInDoubt);
            Assert.Equal(ledger.State?.Chain, read.Value.State?.Chain);
            Assert.Equal(ledger.State?.Refs, read.Value.State?.Refs);
        }
    }

    [Fact]
    public async Task Tips_of_branches_that_the_refs_say_already_are_left_out()
    {
        var ledger = Produced with { Haves = new BundleHaves([ObjectId.Parse(HeadText.Id)], []) };
        await Ledgers.WriteAsync(ledger, etag: null, CancellationToken.None);

        var read = await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None);

        Assert.DoesNotContain("\"commits\"", Text(ledger.ToJson()), StringComparison.Ordinal);
        Assert.Equal([ObjectId.Parse(HeadText.Id)], read.Value!.Haves.Commits);
    }

    [Fact]
    public async Task A_ledger_of_before_which_says_them_twice_is_read()
    {
        var json = Text((Produced with { Haves = BundleHaves.None }).ToJson());
        var before = json.Replace("\"commits\": []", $"\"commits\": [\"{HeadText.Id}\"]", StringComparison.Ordinal);
        Assert.NotEqual(json, before);
        await _store.PutAsync(ProducerLedger.Key(Mirror), Encoding.UTF8.GetBytes(before), WriteCondition.None, CancellationToken.None);

        var read = await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None);

        Assert.Equal([ObjectId.Parse(HeadText.Id)], read.Value!.Haves.Commits);
    }

    [Fact]
    public async Task Very_many_refs_are_written_in_pieces()
    {
        const int count = 20_000;
        RefList refs =
            [.. Enumerable.Range(0, count).Select(i => new Ref(RefName.Parse($"refs/heads/{i:d5}"), ObjectId.Parse($"{i + 1:x40}")))];
        var ledger = Produced with
        {
            State = Produced.State! with { Refs = refs },
            Haves = new BundleHaves(ObjectIdSet.Of(refs.Select(found => found.Id)), []),
        };
        var head = HeadText.Value with { State = ledger.State };
        var before = GC.GetAllocatedBytesForCurrentThread();

        foreach (var content in new[] { ledger.ToContent(), SealedHead.ContentOf(head, HeadText.Signing, [HeadText.Identity.Recipient]) })
        {
            await content.WriteAsync(Stream.Null, CancellationToken.None);
        }

        // Each of the two is more than a million bytes.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [Fact]
    public async Task A_consumers_ledger_is_kept_whole()
    {
        foreach (var ledger in new[] { Consumed, new ConsumerLedger(Mirror) })
        {
            var etag = (await Ledgers.ReadConsumerAsync(Mirror, CancellationToken.None)).ETag;
            var written = await Ledgers.WriteAsync(ledger, etag, CancellationToken.None);
            var read = await Ledgers.ReadConsumerAsync(Mirror, CancellationToken.None);

            Assert.Equal((null, written.ETag), (read.Fault, read.ETag));
            Assert.Equal(Text(ledger.ToJson()), Text(read.Value!.ToJson()));
            Assert.Equal((ledger.Generation, ledger.Sequence, ledger.Proven, ledger.Failure),
                (read.Value.Generation, read.Value.Sequence, read.Value.Proven, read.Value.Failure));
            Assert.Equal((ledger.HeadWritten, ledger.HeadExpires, ledger.Narrowing),
                (read.Value.HeadWritten, read.Value.HeadExpires, read.Value.Narrowing));
            Assert.Equal(ledger.Managed, read.Value.Managed);
            Assert.Equal(ledger.SetAside, read.Value.SetAside);
        }
    }

    [Fact]
    public async Task Both_sides_and_all_mirrors_are_kept_apart()
    {
        await Ledgers.WriteAsync(Produced, etag: null, CancellationToken.None);
        await Ledgers.WriteAsync(Consumed, etag: null, CancellationToken.None);
        await Ledgers.WriteAsync(new ConsumerLedger("ce/rout"), etag: null, CancellationToken.None);

        Assert.Equal(7, (await Ledgers.ReadConsumerAsync(Mirror, CancellationToken.None)).Value?.Sequence);
        Assert.Equal(0, (await Ledgers.ReadConsumerAsync("ce/rout", CancellationToken.None)).Value?.Sequence);
        Assert.Equal(default, await Ledgers.ReadProducerAsync("ce/rout", CancellationToken.None));
        Assert.Equal(default, await Ledgers.ReadConsumerAsync("ce/routyx", CancellationToken.None));
    }

    [Fact]
    public async Task A_change_on_an_old_reading_is_refused()
    {
        var first = await Ledgers.WriteAsync(Produced, etag: null, CancellationToken.None);
        await Ledgers.WriteAsync(Produced with { Fence = 5 }, first.ETag, CancellationToken.None);

        foreach (var etag in new[] { first.ETag, null })
        {
            var refused = await Assert.ThrowsAsync<StorageException>(
                () => Ledgers.WriteAsync(Produced with { Fence = 6 }, etag, CancellationToken.None));
            Assert.Equal(StorageFailure.Conflict, refused.Failure);
        }
        Assert.Equal(5, (await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None)).Value?.Fence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"mirror":"ce/routy"}""")]
    [InlineData("{\"mirror\":\"\\ud800\"}")]
    [InlineData("{\"mirror\":\"\\u001b[31m\"}")]
    public async Task What_cannot_be_read_counts_as_lost_and_can_be_written_over(string content)
    {
        foreach (var key in new[] { ProducerLedger.Key(Mirror), ConsumerLedger.Key(Mirror) })
        {
            await _store.PutAsync(key, Encoding.UTF8.GetBytes(content), WriteCondition.None, CancellationToken.None);
        }
        var produced = await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None);
        var consumed = await Ledgers.ReadConsumerAsync(Mirror, CancellationToken.None);

        var readings = new[] { (produced.Value is not null, produced.Fault), (consumed.Value is not null, consumed.Fault) };
        foreach (var (isThere, fault) in readings)
        {
            Assert.False(isThere);
            Assert.Contains("the ledger cannot be read and counts as lost: ", fault, StringComparison.Ordinal);
            Assert.DoesNotContain(fault!, char.IsControl);
        }
        await Ledgers.WriteAsync(Produced, produced.ETag, CancellationToken.None);
        await Ledgers.WriteAsync(Consumed, consumed.ETag, CancellationToken.None);
        Assert.NotNull((await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None)).Value);
    }

    [Fact]
    public async Task Anothers_ledger_in_its_place_counts_as_lost()
    {
        await _store.PutContentAsync(ProducerLedger.Key(Mirror),
            (Produced with { Mirror = "ce/\u001b[31m" + new string('x', 5000) }).ToContent(), WriteCondition.None, CancellationToken.None);
        await _store.PutAsync(
            ConsumerLedger.Key(Mirror), (Consumed with { Mirror = "ce/other" }).ToJson(), WriteCondition.None, CancellationToken.None);

        var fault = (await Ledgers.ReadProducerAsync(Mirror, CancellationToken.None)).Fault;
        Assert.DoesNotContain(fault!, char.IsControl);
        Assert.InRange(fault!.Length, 0, 600);
        Assert.Contains(
            "it is that of 'ce/other'", (await Ledgers.ReadConsumerAsync(Mirror, CancellationToken.None)).Fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"sequence\": 7", "\"sequence\": -7")]
    [InlineData("\"sequence\": 7", "\"sequence\": 99999999999999999999")]
    [InlineData("\"refs/heads/*\"", "\"refs/heads/**\"")]
    [InlineData("\"refs/heads/*\"", "7")]
    [InlineData("\"^refs/heads/x\"", "\"^^\"")]
    [InlineData("\"refs/heads/a\": \"protected\"", "\"refs/heads/a\": \"x\", \"refs/heads/a\": \"y\"")]
    [InlineData("\"refs/heads/a\": \"protected\"", "\"refs/heads/a\": null")]
    [InlineData("\"refs/heads/a\": \"protected\"", "\"\\ud800\": \"\"")]
    [InlineData("\"refs/heads/a\": \"protected\"", "\"refs/heads/a\": \"\\udc00\"")]
    [InlineData("\"head_written\": \"2026-01-31T10:00:00Z\"", "\"head_written\": \"yesterday\"")]
    [InlineData("\"proven\": \"2026-01-31T10:05:00Z\"", "\"proven\": 7")]
    [InlineData("\"reason\": \"refused\"", "\"season\": \"refused\"")]
    [InlineData("\"failed\": {", "\"failed\": 7, \"x\": {")]
    public void A_damaged_consumers_ledger_is_a_format_exception(string piece, string instead)
    {
        var json = Text(Consumed.ToJson());
        Assert.Contains(piece, json, StringComparison.Ordinal);

        var bytes = Encoding.UTF8.GetBytes(json.Replace(piece, instead, StringComparison.Ordinal));

        Assert.Throws<FormatException>(() => JsonDocuments.Read(bytes, ConsumerLedger.Read));
    }

    [Theory]
    [InlineData("\"fence\": 4", "\"fence\": \"4\"")]
    [InlineData("\"readers\": \"readers\"", "\"readers\": null")]
    [InlineData("\"published\": {", "\"published\": [], \"x\": {")]
    [InlineData("\"etag\": ", "\"egat\": ")]
    [InlineData("\"kind\": \"full\"", "\"kind\": \"\"")]
    [InlineData("\"refs_digest\": \"", "\"refs_digest\": \"x")]
    [InlineData("\"commits\": [", "\"commits\": [\"x\",")]
    [InlineData("\"commits\": [", "\"commits\": [null,")]
    [InlineData("\"others\": [", "\"athers\": [")]
    [InlineData("\"others\": [", "\"others\": 7, \"x\": [")]
    public void A_damaged_producers_ledger_is_a_format_exception(string piece, string instead)
    {
        var json = Text(Produced.ToJson());
        Assert.Contains(piece, json, StringComparison.Ordinal);

        var bytes = Encoding.UTF8.GetBytes(json.Replace(piece, instead, StringComparison.Ordinal));

        Assert.Throws<FormatException>(() => JsonDocuments.ReadWithRefs(new ReadOnlySequence<byte>(bytes),
            int.MaxValue, ProducerLedger.Read));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20260131)]
    public void A_spoilt_ledger_is_read_or_a_format_exception(int seed)
    {
        var random = new Random(seed);
        var (produced, consumed) = (Text(Produced.ToJson()), Text(Consumed.ToJson()));
        for (var i = 0; i < 5000; i++)
        {
            var (one, other) = (JsonNoise.Spoil(produced, random), JsonNoise.Spoil(consumed, random));
            ReadOrRefuse(one, ProducerLedger.Read, $"seed {seed}, round {i}: {one}");
            ReadOrRefuse(other, ConsumerLedger.Read, $"seed {seed}, round {i}: {other}");
        }
    }

    private static void ReadOrRefuse<T>(string json, Func<JsonFields, T> read, string place)
    {
        try
        {
            JsonDocuments.ReadWithRefs(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(json)), int.MaxValue, read);
        }
        catch (FormatException wrong)
        {
            Assert.NotEmpty(wrong.Message);
        }
        catch (Exception unexpected)
        {
            Assert.Fail($"{place}: {unexpected}");
        }
    }

    private static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private static string Text(IEnumerable<ReadOnlyMemory<byte>> json) => string.Concat(json.Select(Text));
}
