using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>What is true and old, or true and somewhere else, or only looks like what is true.</summary>
public sealed class ReplayTests
{
    [Fact]
    public async Task A_smaller_pack_of_the_same_objects_with_padding_behind_it_never_reaches_the_target()
    {
        var fixture = await LoosePackAsync();
        var entry = (await fixture.HeadAsync()).State.Last;
        var genuine = await AgeBytes.DecryptAsync(await fixture.ReadAsync(entry.Key), fixture.Identity);
        var forged = await TighterAsync(fixture);
        Assert.True(forged.Length + (4 * 64 * 1024) < genuine.Length, "there is no room for padding that would let the pack go first");
        Array.Resize(ref forged, genuine.Length);
        var sealedForgery = await AgeBytes.EncryptAsync(forged, fixture.Identity);
        Assert.Equal(entry.Size, sealedForgery.Length);
        var honest = await fixture.ReadAsync(entry.Key);
        await fixture.WriteAsync(entry.Key, sealedForgery);

        await fixture.AssertRefusedAsync("bad-bundle");
        Assert.DoesNotContain(entry.Key, fixture.Notes);

        await fixture.AssertHealsAsync(entry.Key, honest);
    }

    [Fact]
    public async Task An_older_head_of_the_same_sequence_is_a_rollback()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        var older = await fixture.ReadAsync(fixture.HeadKey);
        fixture.Time.Shift = TimeSpan.FromDays(2);
        await fixture.ProduceAsync();
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.WriteAsync(fixture.HeadKey, older);

        await fixture.AssertRefusedAsync("rollback");
    }

    [Fact]
    public async Task A_clock_that_was_set_back_makes_no_later_head_of_a_sequence_look_like_an_earlier_one()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        var first = await fixture.HeadAsync();
        fixture.Time.Shift = TimeSpan.FromDays(-3);
        await fixture.ProduceAsync();

        var later = await fixture.HeadAsync();
        Assert.Equal((first.State.Sequence, true), (later.State.Sequence, later.Written > first.Written));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_ledger_out_of_a_backup_begins_a_new_generation(bool isOfAnOlderGeneration)
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        var ledger = Path.Combine(fixture.NearPath, ProducerLedger.Key(fixture.Name));
        var backup = await File.ReadAllBytesAsync(ledger);
        if (isOfAnOlderGeneration)
        {
            File.Delete(ledger);
        }
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.CarryAsync();
        var seen = (await fixture.HeadAsync()).State;
        await File.WriteAllBytesAsync(ledger, backup);

        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        var (produced, _) = await fixture.CarryAsync();

        Assert.Equal(BundleKind.Full, produced.Bundle);
        Assert.True((await fixture.HeadAsync()).State.Generation > seen.Generation);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task What_a_later_generation_of_somebody_else_s_has_is_not_cleaned_away()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        var planted = ObjectKey.OfBundle(new BundleName(fixture.Name, 9, 1) { CommitId = "c", Branch = "b", LocalBranch = "l" });
        await fixture.WriteAsync(planted, new byte[] { 1 });
        fixture.Time.Shift = TimeSpan.FromDays(30);
        await fixture.ProduceAsync();

        Assert.Contains(planted, (await fixture.ObjectsAsync()).Select(found => found.Key));
    }

    /// <summary>A source that packs loosely, and a delta of it that is several chunks long.</summary>
    private static async Task<PartitionFixture> LoosePackAsync()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.ConfigAsync("core.compression", "0");
        await fixture.Source.ConfigAsync("pack.compression", "0");
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.CarryAsync();
        await fixture.Source.CommitAsync("main", "b.txt", string.Concat(Enumerable.Range(0, 60_000).Select(i => $"line {i % 100}\n")));
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        return fixture;
    }

    /// <summary>The same bundle with as small a pack as git can make of the same objects: somebody knows what is in it.</summary>
    private static async Task<byte[]> TighterAsync(PartitionFixture fixture)
    {
        var folder = Scratch.NewFolder("forger");
        var header = Encoding.Latin1.GetString(
            await AgeBytes.DecryptAsync(await fixture.ReadAsync((await fixture.HeadAsync()).State.Last.Key), fixture.Identity));
        var end = header.IndexOf("\n\n", StringComparison.Ordinal) + 2;
        var pack = Path.Combine(folder, "pack");
        await new Command("sh", "-c",
            "printf 'refs/heads/main\\n^refs/heads/main~1\\n' | "
                + "git -c core.compression=9 -c pack.compression=9 "
                + $"pack-objects --no-reuse-object --revs --thin --stdout -q > '{pack}'")
        {
            Directory = fixture.Source.Path,
        }.RunAsync();
        return [.. Encoding.Latin1.GetBytes(header[..end]), .. await File.ReadAllBytesAsync(pack)];
    }
}
