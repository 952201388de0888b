using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>
/// A source behind a real sshd that does not accept GIT_PROTOCOL, its default: git speaks protocol v0, and exits after a pack.
/// </summary>
public sealed class PlainSshTests
{
    [Fact]
    public async Task A_rewind_gets_its_delta_and_its_full_bundle_in_one_run()
    {
        var fixture = await StartAsync();
        await using var ssh = await SshServer.StartAsync(acceptsEnvironment: "");
        await fixture.Source.SetRefAsync("refs/heads/main", "main~1");

        await AssertWritesBothAsync(fixture, ssh, full: false);
    }

    [Fact]
    public async Task A_full_bundle_that_is_asked_for_goes_with_the_delta_of_what_is_new()
    {
        var fixture = await StartAsync();
        await using var ssh = await SshServer.StartAsync(acceptsEnvironment: "");
        await fixture.Source.CommitAsync("main", "a.txt", "four\n");

        await AssertWritesBothAsync(fixture, ssh, full: true);
    }

    private static async Task<PartitionFixture> StartAsync()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        return fixture;
    }

    private static async Task AssertWritesBothAsync(PartitionFixture fixture, SshServer ssh, bool full)
    {
        fixture.Ssh = ssh.Command;
        var before = (await fixture.HeadAsync()).State.Sequence;

        var request = fixture.ProduceRequest() with { Source = Remotes.Url(ssh.Url(fixture.Source)), Full = full };
        var outcome = await fixture.ProduceAsync(request);

        PartitionFixture.AssertGood(outcome);
        Assert.Equal((BundleKind.Full, before + 2), (outcome.Bundle, outcome.Sequence));
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
        var late = await fixture.LateAsync();
        PartitionFixture.AssertGood(await late.ConsumeAsync());
        await late.AssertEqualAsync();
    }
}
