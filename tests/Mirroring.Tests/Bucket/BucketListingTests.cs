using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Bucket;

public class BucketListingTests
{
    private static readonly string[] Neighbours =
        ["ce/rout", "ce/routy", "ce/routyx", "ce/routyxy", "ce", "c/routy", "ce/routy/x", "ce/\u00e9"];

    private readonly ObjectStore _bucket = ObjectStore.OpenDirectory(Scratch.NewFolder("bucket"), TimeProvider.System);

    [Fact]
    public async Task Neighbours_are_told_apart_and_junk_is_left_out()
    {
        foreach (var mirror in Neighbours)
        {
            await PutAsync(ObjectKey.OfHead(mirror), Bundle(mirror, 1), Bundle(mirror, 2));
        }
        await PutAsync("README.md", "junk.head.age", "junk.bundle.age",
            $"{ObjectKey.Prefix("ce/routy")}.bundle.age", $"{ObjectKey.OfHead("ce/routy")}.tmp", $"a/{ObjectKey.OfHead("ce/folder")}");

        var listing = await ReadAsync();

        Assert.Equal(Neighbours.Order(StringComparer.Ordinal), listing.Mirrors().Order(StringComparer.Ordinal));
        foreach (var mirror in Neighbours)
        {
            Assert.Equal(ObjectKey.OfHead(mirror), listing.FindHead(mirror)?.Key);
            Assert.Equal(
                [(mirror, 1), (mirror, 2)], listing.BundlesOf(mirror).Select(found => (found.Name.Mirror, found.Name.Sequence)).Order());
            var alone = await BucketListing.ReadOfAsync(_bucket, mirror, CancellationToken.None);
            Assert.Equal(ObjectKey.OfHead(mirror), alone.FindHead(mirror)?.Key);
            Assert.Equal(2, alone.BundlesOf(mirror).Count());
        }
        // Nor held: any number of objects can be named so.
        Assert.Null(listing.Find("junk.head.age"));
        Assert.Null(listing.Find("junk.bundle.age"));
        Assert.Null(listing.Find($"{ObjectKey.Prefix("ce/routy")}.bundle.age"));
        Assert.Null(listing.FindHead("ce/rou"));
        Assert.Null(listing.FindHead("ce/routyz"));
        Assert.Empty(listing.BundlesOf("ce/routyz"));
    }

    [Fact]
    public async Task An_object_is_found_by_its_whole_key_and_counts_at_its_size_alone()
    {
        await PutAsync(Bundle("ce/routy", 1), Bundle("ce/routy", 2));

        var listing = await ReadAsync();

        Assert.Equal(Bundle("ce/routy", 1), listing.Find(Bundle("ce/routy", 1))?.Key);
        Assert.Null(listing.Find(Bundle("ce/routy", 3)));
        Assert.Null(listing.Find(Bundle("ce/routy", 1)[..^1]));
        Assert.Null(listing.Find(""));
        Assert.Null(listing.Find("\uffff"));
        Assert.True(listing.Has(Entry(1, size: 3)));
        Assert.False(listing.Has(Entry(1, size: 4)));
        Assert.False(listing.Has(Entry(3, size: 3)));
    }

    [Fact]
    public async Task A_head_under_a_key_of_standard_base64_is_found_unless_ours_is_there()
    {
        // The first name whose key standard base64 writes with padding and with each of the characters that base64url has not.
        var mirror = Enumerable.Range(0, 10_000).Select(i => $"ce/{i}\u00ff?>~\u00fe")
            .First(name => Standard(name) is var key
                && key.Contains('+', StringComparison.Ordinal) && key.Contains('/', StringComparison.Ordinal)
                && !key.Contains("//", StringComparison.Ordinal) && key.Contains('=', StringComparison.Ordinal));
        await PutAsync(Standard(mirror), ObjectKey.OfHead("ce/other"));

        Assert.Equal(Standard(mirror), (await ReadAsync()).FindHead(mirror)?.Key);
        Assert.Contains(mirror, (await ReadAsync()).Mirrors());
        // As a function lists it, for that mirror alone.
        Assert.Equal(Standard(mirror), (await BucketListing.ReadOfAsync(_bucket, mirror, CancellationToken.None)).FindHead(mirror)?.Key);

        await PutAsync(ObjectKey.OfHead(mirror));

        Assert.Equal(ObjectKey.OfHead(mirror), (await ReadAsync()).FindHead(mirror)?.Key);
        Assert.Equal(2, (await ReadAsync()).Mirrors().Count());
    }

    [Fact]
    public async Task An_empty_bucket_has_nothing()
    {
        var listing = await ReadAsync();

        Assert.Empty(listing.Mirrors());
        Assert.Null(listing.FindHead("ce/routy"));
        Assert.Empty(listing.BundlesOf("ce/routy"));
    }

    private Task<BucketListing> ReadAsync() => BucketListing.ReadAsync(_bucket, CancellationToken.None);

    private async Task PutAsync(params string[] keys)
    {
        foreach (var key in keys)
        {
            await _bucket.PutAsync(key, "abc"u8.ToArray(), WriteCondition.None, CancellationToken.None);
        }
    }

    private static string Standard(string mirror)
    {
        var encoded = ObjectKey.OfHead(mirror)[..^".head.age".Length].Replace('-', '+').Replace('_', '/');
        return encoded.PadRight((encoded.Length + 3) / 4 * 4, '=') + ".head.age";
    }

    private static string Bundle(string mirror, long sequence) =>
        ObjectKey.OfBundle(new BundleName(mirror, 1, sequence) { CommitId = "c", Branch = "b", LocalBranch = "l" });

    private static ChainEntry Entry(long sequence, long size) =>
        new(sequence, BundleKind.Full, Bundle("ce/routy", sequence))
        { Size = size, Sha256 = "", HeaderSha256 = "", RefsDigest = "", Written = default };
}
