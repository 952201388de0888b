using Mirror.Git;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>
/// Objects that were changed on their way: whatever it was, nothing moves at the target, and the next honest state is taken.
/// </summary>
public sealed class TamperingTests
{
    private const int Seed = 20;

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_head()
    {
        var fixture = await PartitionFixture.StepAsync();
        var head = await fixture.ReadAsync(fixture.HeadKey);
        foreach (var position in Positions(head.Length))
        {
            await fixture.WriteAsync(fixture.HeadKey, Flipped(head, position));
            await fixture.AssertRefusedAsync("undecryptable|damaged-head", $"seed {Seed}, byte {position} of {head.Length}");
        }
        await fixture.AssertHealsAsync(fixture.HeadKey, head);
    }

    [Fact]
    public async Task A_head_cut_anywhere()
    {
        var fixture = await PartitionFixture.StepAsync();
        var head = await fixture.ReadAsync(fixture.HeadKey);
        foreach (var position in Positions(head.Length))
        {
            await fixture.WriteAsync(fixture.HeadKey, head.AsMemory(0, position));
            await fixture.AssertRefusedAsync("damaged-head", $"seed {Seed}, cut at {position} of {head.Length}");
        }
        await fixture.AssertHealsAsync(fixture.HeadKey, head);
    }

    [Fact]
    public async Task A_damaged_head_is_told_from_one_for_somebody_else_and_produce_heals_it()
    {
        var fixture = await PartitionFixture.StepAsync();
        var head = await fixture.ReadAsync(fixture.HeadKey);
        await fixture.WriteAsync(fixture.HeadKey, Flipped(head, head.Length - 1));
        var damaged = await fixture.AssertRefusedAsync("damaged-head");

        Assert.DoesNotContain("age.identities", damaged.Error!.NextAction, StringComparison.Ordinal);
        Assert.Contains("mirror produce", damaged.Error.NextAction, StringComparison.Ordinal);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        Assert.Equal(OutcomeKind.Updated, (await fixture.ConsumeAsync()).Kind);
        await fixture.AssertEqualAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_flipped_bit_anywhere_in_a_bundle(bool isFirst)
    {
        var fixture = isFirst ? await PartitionFixture.ProducedAsync(1) : await PartitionFixture.StepAsync();
        var key = (await fixture.HeadAsync()).State.Last.Key;
        var bundle = await fixture.ReadAsync(key);
        foreach (var position in Positions(bundle.Length))
        {
            await fixture.WriteAsync(key, Flipped(bundle, position));
            var outcome = await fixture.AssertRefusedAsync("bad-bundle", $"seed {Seed}, byte {position} of {bundle.Length}");
            Assert.StartsWith($"bundle {(isFirst ? 1 : 2)}: ", outcome.Error!.Message, StringComparison.Ordinal);
        }
        await fixture.AssertHealsAsync(key, bundle);
    }

    [Fact]
    public async Task A_flipped_bit_in_a_bundle_of_many_pieces()
    {
        var fixture = await PartitionFixture.CreateAsync();
        var random = new Random(Seed);
        await fixture.Source.CommitAsync("main", Enumerable.Range(0, 5).Select(i =>
            ($"{i}.txt", string.Concat(Enumerable.Range(0, 4_000).Select(_ => $"{random.NextInt64()}\n")))));
        await fixture.ProduceAsync();
        var key = (await fixture.HeadAsync()).State.Last.Key;
        var bundle = await fixture.ReadAsync(key);
        Assert.InRange(bundle.Length, 3 * 64 * 1024, int.MaxValue);
        foreach (var position in Positions(bundle.Length).Chunk(4).Select(some => some[0]))
        {
            await fixture.WriteAsync(key, Flipped(bundle, position));
            await fixture.AssertRefusedAsync("bad-bundle", $"seed {Seed}, byte {position} of {bundle.Length}");
        }
        await fixture.AssertHealsAsync(key, bundle);
    }

    [Fact]
    public async Task A_bundle_cut_anywhere_or_grown()
    {
        var fixture = await PartitionFixture.StepAsync();
        var key = (await fixture.HeadAsync()).State.Last.Key;
        var bundle = await fixture.ReadAsync(key);
        // What was cut since the bucket was listed is found out when it is read.
        var listing = await BucketListing.ReadAsync(fixture.Bucket, CancellationToken.None);
        foreach (var position in Positions(bundle.Length))
        {
            await fixture.WriteAsync(key, bundle.AsMemory(0, position));
            var refused = await fixture.AssertRefusedAsync("missing-bundle", $"seed {Seed}, cut at {position} of {bundle.Length}");
            Assert.Contains(
                $"bundle 2 has {position} bytes in the bucket, not {bundle.Length}", refused.Error!.Message, StringComparison.Ordinal);
            var outcome = await fixture.ConsumeAsync(listing);
            Assert.Equal((position, "bad-bundle", 0), (position, outcome.Error?.Reason.Word, outcome.Changes.Count));
        }
        await fixture.WriteAsync(key, (byte[])[.. bundle, 0]);
        Assert.Equal("bad-bundle", (await fixture.ConsumeAsync(listing)).Error?.Reason.Word);
        await fixture.AssertHealsAsync(key, bundle);
    }

    [Fact]
    public async Task Bundles_of_two_sequences_in_each_other_s_place()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        foreach (var text in (string[])["aa\n", "bb\n"])
        {
            await fixture.Source.CommitAsync("main", "a.txt", text);
            fixture.Policy = PartitionFixture.DeltasOnly;
            await fixture.ProduceAsync();
        }
        var chain = (await fixture.HeadAsync()).State.Chain;
        var (two, three) = (await fixture.ReadAsync(chain[1].Key), await fixture.ReadAsync(chain[2].Key));
        await fixture.WriteAsync(chain[1].Key, three);
        await fixture.WriteAsync(chain[2].Key, two);

        // Of one size, so that nothing but their content tells them apart.
        Assert.Equal(chain[1].Size, chain[2].Size);
        await fixture.AssertRefusedAsync("bad-bundle");
        await fixture.WriteAsync(chain[1].Key, two);
        await fixture.AssertHealsAsync(chain[2].Key, three);
    }

    [Fact]
    public async Task Another_bundle_for_the_same_reader_however_sound()
    {
        var fixture = await PartitionFixture.StepAsync();
        var state = (await fixture.HeadAsync()).State;
        var entry = state.Last;
        var honest = await fixture.ReadAsync(entry.Key);
        var (main, forged) = (RefName.Parse("refs/heads/main"), ObjectId.Parse(await fixture.Target.ResolveAsync("main")));

        // Other refs, and the very refs with another pack: age has no objection, and the size is made to fit.
        await fixture.WriteAsync(
            entry.Key, await SealedAsync(fixture, new BundleHeader(state.Format, [new Ref(main, forged)]), honest.Length));
        await fixture.AssertRefusedAsync("bad-bundle", "other refs");
        await fixture.WriteAsync(
            entry.Key, await SealedAsync(fixture, new BundleHeader(state.Format, state.Refs) { Prerequisites = [forged] }, honest.Length));
        await fixture.AssertRefusedAsync("bad-bundle", "another pack");
        await fixture.AssertHealsAsync(entry.Key, honest);
    }

    [Fact]
    public async Task What_only_deletes_is_not_believed_before_all_of_it_has_been_read()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.SetRefAsync("refs/heads/topic", "main");
        await fixture.CarryAsync();
        // A pack of several of age's pieces, whose commit somebody has brought to the target already: a delete is all that is left.
        var random = new Random(Seed);
        await fixture.Source.CommitAsync(
            "main", "a.txt", string.Concat(Enumerable.Range(0, 20_000).Select(_ => $"{random.NextInt64()}\n")));
        await fixture.Target.GitAsync("fetch", "--quiet", fixture.Source.Path, "main:main");
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        await fixture.ProduceAsync();
        var key = (await fixture.HeadAsync()).State.Last.Key;
        var bundle = await fixture.ReadAsync(key);
        var words = await File.ReadAllBytesAsync(await new BundleProof(fixture).DecryptAsync(key));
        await fixture.WriteAsync(key, Flipped(bundle, bundle.Length - 1));
        await fixture.AssertRefusedAsync("bad-bundle");
        // The very words in another envelope: only the digest of the whole tells them apart.
        var envelope = await AgeBytes.EncryptAsync(words, fixture.Identity);
        Assert.Equal(bundle.Length, envelope.Length);
        await fixture.WriteAsync(key, envelope);
        await fixture.AssertRefusedAsync("bad-bundle");
        await fixture.AssertHealsAsync(key, bundle);
    }

    [Fact]
    public async Task Junk_in_the_bucket_is_nobody_s_business()
    {
        var fixture = await PartitionFixture.StepAsync();
        string[] keys =
        [
            "readme.txt", "junk.head.age", "junk.bundle.age", "eyJncm91cCI6.bundle.age",
            $"{ObjectKey.Prefix(fixture.Name)}x.head.age", $"{ObjectKey.Prefix(fixture.Name)}.bundle.age", "folder/a.head.age",
        ];
        foreach (var key in keys)
        {
            await fixture.WriteAsync(key, "junk"u8.ToArray());
        }

        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        await fixture.CarryAsync();
        await fixture.AssertEqualAsync();
        Assert.Subset((await fixture.ObjectsAsync()).Select(found => found.Key).ToHashSet(), keys.ToHashSet());
    }

    /// <summary>The first bytes, the last ones, those around the end of age's header, and some at random.</summary>
    private static IEnumerable<int> Positions(int size)
    {
        var random = new Random(Seed);
        int[] fixedOnes = [0, 1, 22, 60, 120, 165, 190, 200, 215, size - 33, size - 17, size - 16, size - 2, size - 1];
        return fixedOnes.Concat(Enumerable.Range(0, 6).Select(_ => random.Next(size)))
            .Where(position => position < size).Distinct().Order();
    }

    private static byte[] Flipped(byte[] bytes, int position)
    {
        var flipped = (byte[])bytes.Clone();
        flipped[position] ^= 1;
        return flipped;
    }

    /// <summary>A bundle with an empty pack, encrypted for the consumer, and stretched to a size: age adds the same to each.</summary>
    private static async Task<byte[]> SealedAsync(PartitionFixture fixture, BundleHeader header, int size)
    {
        var bare = await SealAsync(fixture, header, padding: 0);
        var stretched = await SealAsync(fixture, header, size - bare.Length);
        Assert.Equal(size, stretched.Length);
        return stretched;
    }

    private static async Task<byte[]> SealAsync(PartitionFixture fixture, BundleHeader header, int padding)
    {
        using var bundle = new MemoryStream();
        await header.WriteAsync(bundle, CancellationToken.None);
        await bundle.WriteAsync(EmptyPack.Of(header.Format));
        await bundle.WriteAsync(new byte[padding]);
        return await AgeBytes.EncryptAsync(bundle.ToArray(), fixture.Identity);
    }
}
