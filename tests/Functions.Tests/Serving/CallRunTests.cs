using Mirror.Functions.Jobs;
using Mirror.Mirroring;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What becomes of a run that breaks before, within or beyond what it is for.</summary>
public sealed class CallRunTests
{
    [Theory]
    [InlineData("usage", "configuration", "'age.recipients' is missing")]
    [InlineData("secret", "credentials", "the variable is not set")]
    [InlineData("secret in usage", "credentials", "signing.key: ")]
    [InlineData("store", "store-not-found", "read 'none'")]
    [InlineData("fault", "internal", "NullReferenceException")]
    [InlineData("other cancellation", "internal", "OperationCanceledException")]
    public async Task What_breaks_a_run_is_its_outcome(string what, string reason, string words)
    {
        var outcome = await Run(JobKind.Consume, async (_, token) =>
        {
            await BreakAsync(what, token);
            return new MirrorOutcome("ce/routy", OutcomeKind.Unchanged);
        }).RunAsync(CancellationToken.None);

        Assert.Equal(("ce/routy", OutcomeKind.Failed, reason), (outcome.Mirror, outcome.Kind, outcome.Error!.Reason.Word));
        Assert.Contains(words, outcome.Error.Message, StringComparison.Ordinal);
        Assert.True(outcome.Elapsed > TimeSpan.Zero);
    }

    private static async Task BreakAsync(string what, CancellationToken cancellation)
    {
        var secret = async () => await new SecretReader(_ => null).ReadAsync(SecretReference.Parse("env:MIRROR_NOT_SET", "/"), LoginAge.Any, cancellation);
        switch (what)
        {
            case "usage":
                throw new UsageException("'age.recipients' is missing");
            case "secret":
                await secret();
                break;
            case "secret in usage":
                throw new UsageException("signing.key: ", await Assert.ThrowsAsync<SecretException>(secret));
            case "store":
                await ObjectStore.OpenDirectory(Scratch.NewFolder("store"), TimeProvider.System).ReadAsync("none", 1, cancellation);
                break;
            case "fault":
                _ = ((string?)null)!.Length;
                break;
            default:
                throw new OperationCanceledException();
        }
    }

    [Theory]
    [InlineData("Produce", true)]
    [InlineData("Consume", false)]
    [InlineData("Sync", false)]
    public async Task At_the_deadline_a_bundle_is_begun_anew_and_the_others_go_on(string kind, bool isAnew)
    {
        using var late = new CancellationTokenSource();
        var run = Run(Enum.Parse<JobKind>(kind), async (_, token) =>
        {
            await late.CancelAsync();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("not reached");
        });

        var outcome = await run.RunAsync(late.Token);

        Assert.Equal("deadline", outcome.Error!.Reason.Word);
        Assert.StartsWith("not done in the 29.5 minutes that a call has", outcome.Error.Message, StringComparison.Ordinal);
        Assert.Equal(isAnew, outcome.Error.Message.Contains("the next plan begins anew", StringComparison.Ordinal));
    }

    private static CallRun Run(JobKind kind, Func<TransferMeter, CancellationToken, Task<MirrorOutcome>> run) =>
        new(new MirrorJob("ce/routy", [], run), kind, TimeSpan.FromMinutes(29.5));
}
