using System.CommandLine;
using System.CommandLine.Parsing;
using Mirror.Functions.Runs;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror produce</c>: the near side of a partition.</summary>
internal static class ProduceCommand
{
    private static readonly Option<bool> AllowMassDelete = new("--allow-mass-delete")
    {
        Description = "continue if more than half of a mirror's refs, or all of them, are gone from its source",
    };

    private static readonly Option<bool> Full = new("--full")
    {
        Description = "write a full bundle of each mirror now, even without changes: for consumers that cannot apply the "
            + "existing bundles",
    };

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("produce", """
            Writes what is new at each source into the bucket, as an encrypted git bundle, and a signed head that says what the chain is.

            mirror produce -c mirror.yaml -j 8
            mirror produce --only 'ce/*' --dry-run
            mirror produce --watch 5m
            mirror produce --only ce/routy --full
            """)
        {
            AllowMassDelete, Full,
        };
        RunOptions.AddTo(command);
        var sweep = new RetiredSweep();
        command.Validators.Add(CheckTogether);
        Repeating.SetAction(command, secrets, new MirrorCommand(ConfigurationNeeds.Produce, PlanAsync)
        {
            TidyAsync = (composition, call, cancellation) => call.Options.DryRun
                ? Task.CompletedTask
                : sweep.RunAsync(composition, call.Say, call.Warn, cancellation),
        });
        return command;
    }

    private static async Task<IReadOnlyList<MirrorJob>> PlanAsync(Composition composition, CommandCall call, CancellationToken cancellation)
    {
        var (options, allow) = (call.Options, call.Parsed.GetValue(AllowMassDelete));
        var side = await ProduceJobs.OpenAsync(composition, cancellation);
        return [.. options.Select([.. side.Requests], request => request.Mirror)
            .Select(request => side.Job(request with
            {
                AllowMassDelete = allow,
                Full = call.Parsed.GetValue(Full),
                DryRun = options.DryRun,
            }))];
    }

    private static void CheckTogether(CommandResult result)
    {
        if (result.GetValue(Full) && result.GetValue(RunOptions.WatchOption) is not null)
        {
            result.AddError("--full goes without --watch: each round would write the whole repository again");
        }
    }
}
