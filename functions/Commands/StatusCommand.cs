using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Functions.Runs;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror status</c>: what the ledgers of this side know.</summary>
internal static class StatusCommand
{
    public static Command Create()
    {
        var command = new Command("status", """
            Shows per mirror, from this side's ledgers and a listing of the bucket: the chain, when the target was last proven equal,
            how far it is behind, and the last error. No remote is asked.

            mirror status -c mirror.yaml
            mirror status --json --only 'ce/*'
            """);
        RunOptions.AddTo(command, RunOptions.DryRunOption, RunOptions.ParallelOption, RunOptions.QuietOption, RunOptions.VerboseOption);
        Repeating.SetAction(command, RunOnceAsync);
        return command;
    }

    private static async Task<int> RunOnceAsync(ParseResult parsed, RunOptions options, CancellationToken cancellation)
    {
        using var composition = await Composition.OpenAsync(options.Configuration, cancellation);
        var (configuration, state) = (composition.Configuration!, composition.OpenState());
        var listing = await BucketListing.ReadAsync(composition.OpenBucket(), cancellation);
        var names = configuration.Mirrors.Select(mirror => mirror.Name)
            .Concat(AcceptedMirror.In(listing, configuration).Select(accepted => accepted.Name))
            .Distinct().Order(StringComparer.Ordinal);
        var objectiveOf = configuration.Objectives();
        var isGood = true;
        foreach (var name in options.Select([.. names], name => name))
        {
            var status = await MirrorStatus.ReadAsync(name, state, listing, cancellation);
            isGood &= status.IsGood;
            foreach (var line in options.Json ? [StatusJson.Line(status, objectiveOf(name))] : StatusText.Lines(status,
                objectiveOf(name), composition.Remotes.Time.GetUtcNow()))
            {
                await Console.Out.WriteLineAsync(Printed.Clean(Composition.Secrets.Redact(line)));
            }
        }
        return isGood ? ExitStatus.Done : ExitStatus.MirrorFailed;
    }
}
