using System.Text.Json.Nodes;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Ledgers that were lost, damaged or exchanged: that costs a full bundle on the near side, and a memory on the far one.</summary>
public sealed class LedgerTests
{
    [Fact]
    public async Task A_producer_that_lost_its_ledger_begins_a_new_generation_that_a_consumer_accepts()
    {
        var fixture = await PartitionFixture.ProducedAsync(3);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        Directory.Delete(fixture.NearPath, recursive: true);

        var (produced, consumed) = await fixture.CarryAsync();

        Assert.Equal((BundleKind.Full, 1L), (produced.Bundle, produced.Sequence));
        Assert.Equal((OutcomeKind.Unchanged, 1L, (BundleKind?)null), (consumed.Kind, consumed.Sequence, consumed.Bundle));
        Assert.Equal(2, (await fixture.HeadAsync()).State.Generation);
        await fixture.Source.CommitAsync("main", "a.txt", "after\n");
        (_, consumed) = await fixture.CarryAsync();
        Assert.Equal(BundleKind.Delta, consumed.Bundle);
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_head_of_the_same_sequence_of_another_generation_does_not_count_as_published()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        var file = Path.Combine(fixture.NearPath, ProducerLedger.Key(fixture.Name));
        var ledger = JsonNode.Parse(await File.ReadAllTextAsync(file))!;
        ledger["published"]!["generation"] = 0;
        await File.WriteAllTextAsync(file, ledger.ToJsonString());

        Assert.True((await fixture.ProduceAsync()).HasNewHead);
        Assert.False((await fixture.ProduceAsync()).HasNewHead);
    }

    [Fact]
    public async Task A_head_of_the_generation_before_is_a_rollback()
    {
        var fixture = await PartitionFixture.ProducedAsync(3);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        var old = await fixture.ReadAsync(fixture.HeadKey);
        Directory.Delete(fixture.NearPath, recursive: true);
        await fixture.CarryAsync();
        await fixture.WriteAsync(fixture.HeadKey, old);

        await fixture.AssertRefusedAsync("rollback");
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("{\"format\":1,\"mirror\":\"ce/other\"}")]
    [InlineData(null)]
    public async Task A_producer_s_ledger_that_cannot_be_read_counts_as_lost_and_that_is_said(string? text)
    {
        var fixture = await PartitionFixture.ProducedAsync(2);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        var file = Path.Combine(fixture.NearPath, ProducerLedger.Key(fixture.Name));
        var whole = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text ?? whole[..(whole.Length / 2)]);

        var (produced, _) = await fixture.CarryAsync();

        Assert.Equal(BundleKind.Full, produced.Bundle);
        Assert.Contains(fixture.Notes, note => note.Contains("the ledger cannot be read and counts as lost", StringComparison.Ordinal));
        Assert.Equal(2, (await fixture.HeadAsync()).State.Generation);
        await fixture.AssertEqualAsync();
        Assert.Equal(OutcomeKind.Unchanged, (await fixture.ProduceAsync()).Kind);
    }

    [Theory]
    [InlineData("junk")]
    [InlineData("{\"format\":1}")]
    [InlineData(null)]
    public async Task A_consumer_s_ledger_that_cannot_be_read_is_warned_of_and_written_anew(string? text)
    {
        var fixture = await PartitionFixture.StepAsync();
        var file = Path.Combine(fixture.FarPath, ConsumerLedger.Key(fixture.Name));
        var whole = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, text ?? whole[..(whole.Length / 2)]);

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, BundleKind.Delta), (outcome.Kind, outcome.Bundle));
        Assert.Collection(
            outcome.Warnings,
            first => Assert.Contains("counts as lost", first, StringComparison.Ordinal),
            second => Assert.Contains("a rollback before this one could not have been noticed", second, StringComparison.Ordinal));
        await fixture.AssertEqualAsync();
        Assert.Empty((await fixture.ConsumeAsync()).Warnings);
    }

    [Fact]
    public async Task A_failed_run_keeps_the_high_water_mark_and_a_good_one_clears_the_failure()
    {
        var fixture = await PartitionFixture.StepAsync();
        var before = await LedgerAsync(fixture);
        var key = (await fixture.HeadAsync()).State.Last.Key;
        var bundle = await fixture.ReadAsync(key);
        await fixture.DeleteAsync(key);

        var refused = await fixture.AssertRefusedAsync("missing-bundle");
        Assert.Contains("bundle 2 is absent from the bucket", refused.Error!.Message, StringComparison.Ordinal);

        var failed = await LedgerAsync(fixture);
        Assert.Equal(
            (before.Sequence, before.RefsDigest, "missing-bundle"), (failed.Sequence, failed.RefsDigest, failed.Failure?.Reason.Word));
        await fixture.AssertHealsAsync(key, bundle);
        Assert.Equal((2L, null), ((await LedgerAsync(fixture)).Sequence, (await LedgerAsync(fixture)).Failure));
    }

    private static async Task<ConsumerLedger> LedgerAsync(PartitionFixture fixture) =>
        JsonDocuments.Read(
            await File.ReadAllBytesAsync(Path.Combine(fixture.FarPath, ConsumerLedger.Key(fixture.Name))), ConsumerLedger.Read);
}
