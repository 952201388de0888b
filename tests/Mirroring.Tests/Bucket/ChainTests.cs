using System.Globalization;
using Mirror.Git;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>When a chain begins anew, what of it is kept, and which way leads to its end. Chains are written <c>1F:a 2D:b</c>: sequence,
/// kind, state.</summary>
public class ChainTests
{
    private static readonly DateTimeOffset Now = HeadText.Time("2026-01-31T10:00:00Z");

    [Theory]
    [InlineData(49, 0, false)]
    [InlineData(50, 0, true)]
    [InlineData(51, 0, true)]
    // A full bundle of 1000 bytes: half of it is not yet more than half.
    [InlineData(1, 499, false)]
    [InlineData(1, 500, false)]
    [InlineData(1, 501, true)]
    [InlineData(10, 50, false)]
    [InlineData(10, 51, true)]
    public void A_full_bundle_is_due_after_fifty_deltas_or_more_than_half_of_the_last_one(int deltas, int size, bool isDue)
    {
        // What came before the last full bundle does not count.
        var before = new[] { Entry(1, BundleKind.Full), Entry(2, BundleKind.Delta) with { Size = 1_000_000 } };
        var chain = before.Append(Entry(3, BundleKind.Full) with { Size = 1000 })
            .Concat(Enumerable.Range(4, deltas).Select(sequence => Entry(sequence, BundleKind.Delta) with { Size = size }));

        Assert.Equal(isDue, ChainPolicy.Default.IsDueForFull([.. chain]));
    }

    [Theory]
    [InlineData("1F:a", "1")]
    [InlineData("1F:a 2D:b 3D:c", "1 2 3")]
    // The full bundle is young: whoever began before it may still need what it stands in for.
    [InlineData("1F-20:a 2D-10:b 3F-6:b 4D:c", "1 2 3 4")]
    [InlineData("1F-20:a 2D-10:b 3F-7:b 4D:c", "1 2 3 4")]
    [InlineData("1F-20:a 2D-10:b 3F-8:b 4D:c", "3 4")]
    [InlineData("1F-30:a 2F-20:b 3D-19:b 4F-8:c 5F-1:d", "4 5")]
    [InlineData("1F-30:a 2F-20:b 3D-19:b 4F-6:c 5F-1:d", "2 3 4 5")]
    [InlineData("1F-30:a 2D-20:b", "1 2")]
    public void What_a_full_bundle_has_stood_in_for_longer_than_the_retention_is_left_out(string chain, string kept)
    {
        var entries = Chain(chain);

        var trimmed = ChainPolicy.Default.Trimmed(entries, Now);

        Assert.Equal(kept, Sequences(trimmed));
        // The producer asks whether there is anything to leave out by this.
        Assert.Equal(trimmed.Count == entries.Count, ReferenceEquals(trimmed, entries));
    }

    [Theory]
    [InlineData("1F:a 2D:b 3D:c", "a", "1")]
    [InlineData("1F:a 2D:b 3D:c", "c", "3")]
    [InlineData("1F:a 2D:b 3D:a 4D:c", "a", "3")]
    [InlineData("1F:a 2D:b 3F:b", "b", "3")]
    [InlineData("1F:a 2D:b", "x", "none")]
    public void A_targets_place_is_the_last_entry_of_its_state(string chain, string digest, string place) =>
        Assert.Equal(place, Place(ChainRoute.PlaceOf(State(chain), digest)));

    [Theory]
    [InlineData(3, 2, "2")]
    [InlineData(3, 9, "none")]
    [InlineData(2, 2, "none")]
    [InlineData(4, 2, "none")]
    public void What_is_remembered_counts_in_its_generation_alone(long generation, long sequence, string place)
    {
        var ledger = new ConsumerLedger("ce/routy") { Generation = generation, Sequence = sequence };

        Assert.Equal(place, Place(ChainRoute.Remembered(State("1F:a 2D:b"), ledger)));
        Assert.Null(ChainRoute.Remembered(State("1F:a 2D:b"), ledger: null));
    }

    [Theory]
    [InlineData("1F:a 2D:b 3D:c", "", 1, "2 3")]
    [InlineData("1F:a 2D:b 3D:c", "", 3, "")]
    [InlineData("1F:a 2D:b 3D:c", "2", 1, "gone")]
    [InlineData("1F:a 2D:b 3D:c", "3", 1, "gone")]
    [InlineData("1F:a 2D:b 3D:c", "1", 1, "2 3")]
    [InlineData("1F:a 2D:b 3D:c", "2", 2, "3")]
    // A full bundle of a state that is there already is not needed, and may be gone.
    [InlineData("1F:a 2D:b 3F:b 4D:c", "", 1, "2 4")]
    [InlineData("1F:a 2D:b 3F:b 4D:c", "3", 1, "2 4")]
    [InlineData("1F:a 2D:b 3F:b 4D:c", "3", 2, "4")]
    [InlineData("1F:a 2D:a 3D:b", "2", 1, "3")]
    [InlineData("1F:a 2D:b 3D:a 4D:b", "", 1, "2 3 4")]
    [InlineData("1F:a 2F:b 3D:c", "", 1, "2 3")]
    public async Task From_a_place_all_that_changes_anything_follows(string chain, string holes, int place, string route)
    {
        var state = State(chain);

        var after = ChainRoute.After(state, state.Chain[place - 1], await BucketAsync(state, holes));

        Assert.Equal(route, after is null ? "gone" : Sequences(after));
    }

    [Theory]
    [InlineData("1F:a", "", "1")]
    [InlineData("1F:a 2D:b 3D:c", "", "1 2 3")]
    [InlineData("1F:a 2D:b 3F:b 4D:c", "", "3 4")]
    [InlineData("1F:a 2D:b 3F:b 4D:c", "1 2", "3 4")]
    [InlineData("1F:a 2D:b 3F:b 4D:c", "3", "1 2 4")]
    [InlineData("1F:a 2F:b 3F:c", "3", "missing 3")]
    [InlineData("1F:a 2F:a 3F:a", "3", "2")]
    [InlineData("1F:a 2D:b 3F:b 4D:c", "4", "missing 4")]
    [InlineData("1F:a 2D:b 3F:b 4D:c", "1 3", "missing 1")]
    [InlineData("1F:a 2D:b", "1", "missing 1")]
    [InlineData("1F:a 2D:b", "1 2", "missing 1")]
    public async Task Without_a_place_the_newest_full_bundle_with_all_behind_it_is_the_start(string chain, string holes, string route)
    {
        var state = State(chain);
        var bucket = await BucketAsync(state, holes);

        try
        {
            Assert.Equal(route, Sequences(ChainRoute.FromFull(state, bucket)));
        }
        catch (ChainException missing)
        {
            Assert.Equal(ChainFailure.MissingBundle, missing.Failure);
            Assert.Contains($"bundle {route["missing ".Length..]} is absent from the bucket", missing.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_bundle_of_another_size_is_not_the_one()
    {
        var state = State("1F:a 2D:b");
        var bucket = await BucketAsync(state with { Chain = [state.Chain[0], state.Chain[1] with { Size = 99 }] }, holes: "");

        Assert.Null(ChainRoute.After(state, state.Chain[0], bucket));
    }

    private static ChainState State(string chain) =>
        new(3, ObjectFormat.Sha1) { Chain = Chain(chain), Managed = ["refs/heads/*"], Refs = [] };

    private static List<ChainEntry> Chain(string chain) => [.. chain.Split(' ').Select(Parse)];

    /// <summary><c>3F-8:b</c>: the third, full, written eight days ago, of state b.</summary>
    private static ChainEntry Parse(string text)
    {
        var (left, digest) = text.Split(':') is [var before, var after] ? (before, after) : throw new FormatException(text);
        var kind = left.IndexOfAny(['F', 'D']);
        var days = left.Length > kind + 1 ? int.Parse(left[(kind + 1)..], CultureInfo.InvariantCulture) : 0;
        return Entry(long.Parse(left[..kind], CultureInfo.InvariantCulture), left[kind] == 'F' ? BundleKind.Full : BundleKind.Delta) with
        {
            RefsDigest = digest,
            Written = Now.AddDays(days),
        };
    }

    private static string KeyOf(long sequence) =>
        ObjectKey.OfBundle(new BundleName("ce/routy", 1, sequence) { CommitId = "c", Branch = "b", LocalBranch = "l" });

    private static ChainEntry Entry(long sequence, BundleKind kind) =>
        new(sequence, kind, KeyOf(sequence)) { Size = 3, Sha256 = "", HeaderSha256 = "", RefsDigest = "", Written = Now };

    private static async Task<BucketListing> BucketAsync(ChainState state, string holes)
    {
        var bucket = ObjectStore.OpenDirectory(Scratch.NewFolder("bucket"), TimeProvider.System);
        foreach (var entry in state.Chain.Where(entry => !holes.Split(' ').Contains(entry.Sequence.ToString(CultureInfo.InvariantCulture))))
        {
            await bucket.PutAsync(entry.Key, new byte[entry.Size], WriteCondition.None, CancellationToken.None);
        }
        return await BucketListing.ReadAsync(bucket, CancellationToken.None);
    }

    private static string Place(ChainEntry? entry) => entry?.Sequence.ToString(CultureInfo.InvariantCulture) ?? "none";

    private static string Sequences(IEnumerable<ChainEntry> entries) => string.Join(' ', entries.Select(entry => entry.Sequence));
}
