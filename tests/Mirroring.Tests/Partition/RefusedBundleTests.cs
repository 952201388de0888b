using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Bundles that are sound, and that a target does not take.</summary>
public sealed class RefusedBundleTests
{
    [Fact]
    public async Task A_sound_bundle_that_the_target_refuses_is_named_with_its_remedy()
    {
        var fixture = await PartitionFixture.StepAsync();
        await fixture.Target.ConfigAsync("receive.maxInputSize", "50");

        var outcome = await fixture.AssertRefusedAsync("refused-bundle");

        Assert.StartsWith(
            "bundle 2 is sound and signed, and the target does not take it: ", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("the target did not accept the pack", outcome.Error.Message, StringComparison.Ordinal);
        Assert.Contains("mirror produce --full", outcome.Error.NextAction, StringComparison.Ordinal);
        Assert.Null(outcome.Bundle);
        await fixture.Target.ConfigAsync("receive.maxInputSize", "0");
        Assert.Equal(OutcomeKind.Updated, (await fixture.ConsumeAsync()).Kind);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_commit_that_the_target_s_fsck_refuses_is_one_of_the_bundle_s()
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await CommitWhatFsckRefusesAsync(fixture);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());

        var outcome = await fixture.AssertRefusedAsync("refused-bundle");

        Assert.StartsWith("bundle 1 is sound and signed", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("missingEmail", outcome.Error.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_full_bundle_of_the_mended_source_leads_around_a_delta_that_the_target_s_fsck_refuses()
    {
        var fixture = await StartAsync();
        await CommitWhatFsckRefusesAsync(fixture);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        await fixture.AssertRefusedAsync("refused-bundle");
        await fixture.Source.SetRefAsync("refs/heads/main", "main~1");
        await fixture.Source.CommitAsync("main", "a.txt", "mended\n");
        Assert.Equal(BundleKind.Delta, (await fixture.ProduceAsync()).Bundle);
        Assert.StartsWith("bundle 3 ", (await fixture.AssertRefusedAsync("refused-bundle")).Error!.Message, StringComparison.Ordinal);
        Assert.Equal(BundleKind.Full, (await fixture.ProduceAsync(fixture.ProduceRequest() with { Full = true })).Bundle);

        var healed = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, BundleKind.Full, 5L), (healed.Kind, healed.Bundle, healed.Sequence));
        await fixture.AssertEqualAsync();
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ConsumeAsync()).Kind);
    }

    [Fact]
    public async Task A_full_bundle_that_the_target_refuses_as_well_is_the_one_that_is_named()
    {
        var fixture = await StartAsync();
        await CommitWhatFsckRefusesAsync(fixture);
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        PartitionFixture.AssertGood(await fixture.ProduceAsync(fixture.ProduceRequest() with { Full = true }));

        Assert.StartsWith("bundle 4 ", (await fixture.AssertRefusedAsync("refused-bundle")).Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delta_that_cannot_be_unpacked_takes_no_ref_back_and_nothing_is_pushed_again()
    {
        var fixture = await StartAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        var pack = BrokenPack();
        var file = Path.Combine(Scratch.NewFolder("pack"), "pack");
        await File.WriteAllBytesAsync(file, pack);
        await fixture.SendAsync($"cat > /dev/null; cat {file}");
        Assert.Equal(BundleKind.Delta, (await fixture.ProduceAsync()).Bundle);
        await fixture.Target.InstallHookAsync("post-receive", "cat >> moves");

        var outcome = await fixture.AssertRefusedAsync("refused-bundle");

        Assert.StartsWith("bundle 3 ", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(fixture.Target.Path, "moves")), "a ref has moved");
        Assert.Equal(pack.Length, outcome.Bytes);
        fixture.Ssh = null;
        PartitionFixture.AssertGood(await fixture.ProduceAsync(fixture.ProduceRequest() with { Full = true }));
        var healed = await fixture.ConsumeAsync();
        Assert.Equal((OutcomeKind.Updated, BundleKind.Full), (healed.Kind, healed.Bundle));
        await fixture.AssertEqualAsync();
    }

    /// <summary>A full bundle and a delta, both consumed.</summary>
    private static async Task<PartitionFixture> StartAsync()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        foreach (var text in (string[])["one\n", "two\n"])
        {
            await fixture.Source.CommitAsync("main", "a.txt", text);
            await fixture.CarryAsync();
        }
        return fixture;
    }

    private static async Task CommitWhatFsckRefusesAsync(PartitionFixture fixture)
    {
        var (tree, parent) = (await fixture.Source.ResolveAsync("main^{tree}"), await fixture.Source.ResolveAsync("main"));
        var commit = await new Command("git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin")
        {
            Directory = fixture.Source.Path,
            Input = Encoding.ASCII.GetBytes($"tree {tree}\nparent {parent}\nauthor nobody\ncommitter nobody\n\nbroken\n"),
        }.RunAsync();
        await fixture.Source.SetRefAsync("refs/heads/main", commit.Trim());
        await fixture.Target.ConfigAsync("receive.fsckObjects", "true");
    }

    /// <summary>A pack whose checksum is right, of one commit that is no zlib stream.</summary>
    private static byte[] BrokenPack()
    {
        var pack = new byte[12 + 1 + 40];
        "PACK"u8.CopyTo(pack);
        BinaryPrimitives.WriteUInt32BigEndian(pack.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt32BigEndian(pack.AsSpan(8), 1);
        // A commit of one byte, and then what no deflater writes.
        pack[12] = 0x11;
        pack.AsSpan(13).Fill(0xff);
#pragma warning disable CA5350 // SHA-1 is what the format says.
        return [.. pack, .. SHA1.HashData(pack)];
#pragma warning restore CA5350
    }
}
