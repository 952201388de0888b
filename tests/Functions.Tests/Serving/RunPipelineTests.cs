using Mirror.Functions.Jobs;
using Mirror.Functions.Pipeline;
using Mirror.Mirroring;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>What becomes of a run that breaks before, within or beyond what it is for.</summary>
public sealed class RunPipelineTests
{
    [Theory]
    [InlineData("usage", "configuration", "'age.recipients' is missing")]
    [InlineData("secret", "credentials", "the variable is not set")]
    [InlineData("secret in usage", "credentials", "signing.key: ")]
    [InlineData("secret in configuration", "credentials", "mirror.yaml:6:8: signing.key: ")]
    [InlineData("store", "store-not-found", "read 'none'")]
    [InlineData("fault", "internal", "NullReferenceException")]
    [InlineData("other cancellation", "internal", "OperationCanceledException")]
    public async Task What_breaks_a_run_is_its_outcome(string what, string reason, string words)
    {
        var outcome = await RunAsync(JobKind.Consume, Job(async (_, token) =>
        {
            await BreakAsync(what, token);
            return new MirrorOutcome("ce/routy", OutcomeKind.Unchanged);
        }), CancellationToken.None);

        Assert.Equal(("ce/routy", OutcomeKind.Failed, reason), (outcome.Mirror, outcome.Kind, outcome.Error!.Reason.Word));
        Assert.Contains(words, outcome.Error.Message, StringComparison.Ordinal);
        Assert.True(outcome.Elapsed > TimeSpan.Zero);
    }

    private static async Task BreakAsync(string what, CancellationToken cancellation)
    {
        var secret = async () => await new SecretReader(_ => null)
            .ReadAsync(SecretReference.Parse("env:MIRROR_NOT_SET", "/"), LoginAge.Any, cancellation);
        switch (what)
        {
            case "usage":
                throw new UsageException("'age.recipients' is missing");
            case "secret":
                await secret();
                break;
            case "secret in usage":
                throw new UsageException("signing.key: ", await Assert.ThrowsAsync<SecretException>(secret));
            case "secret in configuration":
                var error = new ConfigurationError("mirror.yaml", 6, 8, "signing.key: ");
                var wrong = new ConfigurationException([error], await Assert.ThrowsAsync<SecretException>(secret));
                throw new UsageException(wrong.Message, wrong);
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
    public async Task At_the_deadline_of_a_call_a_bundle_is_begun_anew_and_the_others_go_on(string kind, bool isAnew)
    {
        using var late = new CancellationTokenSource();
        var job = Job(async (_, token) =>
        {
            await late.CancelAsync();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("not reached");
        });

        var outcome = await RunAsync(Enum.Parse<JobKind>(kind), job, late.Token);

        Assert.Equal(Reason.Deadline, outcome.Error!.Reason);
        Assert.StartsWith("not done in the 29.5 minutes that a call has", outcome.Error.Message, StringComparison.Ordinal);
        Assert.Equal(isAnew, outcome.Error.Message.Contains("the next plan starts again", StringComparison.Ordinal));
    }

    /// <summary>In a function, too, a mirror has its own deadline where that is shorter than the call's.</summary>
    [Fact]
    public async Task A_mirror_that_has_a_shorter_deadline_than_the_call_ends_at_its_own()
    {
        using var call = new CancellationTokenSource();
        var job = Job(async (_, token) =>
        {
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException("not reached");
        });
        var limited = job with { Deadline = new RunDeadline(TimeSpan.FromMilliseconds(1), TimeProvider.System) };

        var outcome = await RunAsync(JobKind.Consume, limited, call.Token);

        Assert.Equal(Reason.Deadline, outcome.Error!.Reason);
        Assert.DoesNotContain("a call has", outcome.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_somebody_interrupts_has_no_outcome()
    {
        using var interrupted = new CancellationTokenSource();
        var job = Job(async (_, token) =>
        {
            await interrupted.CancelAsync();
            token.ThrowIfCancellationRequested();
            throw new InvalidOperationException("not reached");
        });
        using var composition = Composition.WithoutConfiguration(new SecretReader(_ => null));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            new RunPipeline(composition, "sync").RunAsync(job, new TransferMeter(), interrupted.Token));
    }

    private static MirrorJob Job(Func<TransferMeter, CancellationToken, Task<MirrorOutcome>> run) => new("ce/routy", [], run);

    private static async Task<MirrorOutcome> RunAsync(JobKind kind, MirrorJob job, CancellationToken cancellation)
    {
        using var composition = Composition.WithoutConfiguration(new SecretReader(_ => null));
        var pipeline = new RunPipeline(composition, JobQueues.WordOf(kind))
        {
            BrokenOff = CallDeadline.Of(kind, TimeSpan.FromMinutes(29.5)),
        };
        return await pipeline.RunAsync(job, new TransferMeter(), cancellation);
    }
}
