using System.CommandLine;
using Mirror.Functions.Runs;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror consume</c>: the far side of a partition.</summary>
internal static class ConsumeCommand
{
    private static readonly Option<bool> AllowMassDelete = new("--allow-mass-delete")
    {
        Description = "continue if a target without a ledger would lose more than half of its refs, or all of them",
    };

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("consume", """
            Brings each target in step with its chain in the bucket: checks the head's signature, decrypts what is new, and pushes it.

            mirror consume -c mirror.yaml -j 8
            mirror consume --only 'ce/*' --dry-run
            mirror consume --watch 5m
            """)
        {
            AllowMassDelete,
        };
        RunOptions.AddTo(command);
        Repeating.SetAction(command, secrets, new MirrorCommand(ConfigurationNeeds.Consume, PlanAsync));
        return command;
    }

    private static async Task<IReadOnlyList<MirrorJob>> PlanAsync(Composition composition, CommandCall call, CancellationToken cancellation)
    {
        var (options, allow) = (call.Options, call.Parsed.GetValue(AllowMassDelete));
        var side = await ConsumeJobs.OpenAsync(composition, cancellation);
        ConsumeRequest[] requests = [.. side.Requests];
        var chosen = side.MayBeIdle && (options.Only is null || requests.Length == 0)
            ? requests
            : options.Select(requests, request => request.Mirror);
        return [.. chosen.Select(request => side.Job(request with { AllowMassDelete = allow, DryRun = options.DryRun }))];
    }
}
