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

        Assert.StartsWith("bundle 2 is sound and signed, and the target does not take it: ", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("the pack was not taken", outcome.Error.Message, StringComparison.Ordinal);
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
        var tree = await fixture.Source.ResolveAsync("main^{tree}");
        var commit = await new Command("git", "hash-object", "-t", "commit", "-w", "--literally", "--stdin")
        {
            Directory = fixture.Source.Path,
            Input = Encoding.ASCII.GetBytes($"tree {tree}\nauthor nobody\ncommitter nobody\n\nbroken\n"),
        }.RunAsync();
        await fixture.Source.SetRefAsync("refs/heads/main", commit.Trim());
        await fixture.Target.ConfigAsync("receive.fsckObjects", "true");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());

        var outcome = await fixture.AssertRefusedAsync("refused-bundle");

        Assert.StartsWith("bundle 1 is sound and signed", outcome.Error!.Message, StringComparison.Ordinal);
        Assert.Contains("missingEmail", outcome.Error.Message, StringComparison.OrdinalIgnoreCase);
    }
}
