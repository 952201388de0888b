using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Functions.Status;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror status</c>: what this side's ledgers say.</summary>
internal static class StatusCommand
{
    public static Command Create(SecretReader secrets)
    {
        var command = new Command("status", """
            Shows a line for each mirror, the worst first, from this side's ledgers and a listing of the bucket: its state, how far it is
            behind, when it was last proven equal, and the last error. No remote is asked.

            mirror status
            mirror status -v --only ce/routy
            mirror status --json --only 'ce/*'
            """);
        RunOptions.AddTo(command, RunOptions.DryRunOption, RunOptions.ParallelOption, RunOptions.QuietOption);
        Repeating.SetAction(command, secrets, RunOnceAsync);
        return command;
    }

    private static async Task<int> RunOnceAsync(ParseResult parsed, RunOptions options, CancellationToken cancellation)
    {
        using var composition = await Composition.OpenAsync(options, ConfigurationNeeds.State, cancellation);
        var configuration = composition.Configuration!;
        var board = new StatusBoard(composition.OpenState(), configuration.Store is null ? null : composition.OpenBucket());
        var mirrors = await board.LookAsync(
            async listing => Chosen(await StatusReader.NamesInAsync(composition, listing, cancellation), configuration, options),
            cancellation);
        if (board.Trouble is { } trouble)
        {
            await Console.Error.WriteLineAsync($"error: {Clean(trouble, options.Secrets)}: what is behind is not known");
        }
        var reports = new List<MirrorReport>();
        var (objectiveOf, now) = (configuration.Objectives(), composition.Remotes.Time.GetUtcNow());
        var isGood = board.Trouble is null;
        foreach (var mirror in mirrors)
        {
            var objective = objectiveOf(mirror.Status.Mirror);
            var lag = MirrorLag.Of(mirror, MirrorLag.JobsOf(mirror), now);
            isGood &= mirror.Status.Faults.Count == 0 && !lag.Errors.Any();
            reports.Add(StatusTable.Report(mirror, new ReportTerms([], options.Secrets.Redact, now) { Objective = objective }));
            string[] lines = options.Json ? [StatusJson.Line(mirror, lag, objective)]
                : options.Verbose ? [.. StatusText.Lines(mirror, lag, objective, now)]
                : [];
            foreach (var line in lines)
            {
                await Console.Out.WriteLineAsync(Clean(line, options.Secrets));
            }
        }
        foreach (var line in options.Json || options.Verbose || reports.Count == 0 ? [] : StatusTable.Lines(reports, now))
        {
            await Console.Out.WriteLineAsync(Clean(line, options.Secrets));
        }
        if (reports.Count > 1)
        {
            await Console.Error.WriteLineAsync(StatusTable.Summary(reports));
        }
        return isGood ? ExitStatus.Done : ExitStatus.MirrorFailed;
    }

    /// <summary>With accepted patterns, it is no mistake if there are no mirrors yet.</summary>
    private static IEnumerable<string> Chosen(IEnumerable<string> known, MirrorConfiguration configuration, RunOptions options)
    {
        string[] names = [.. known.Distinct().Order(StringComparer.Ordinal)];
        return names.Length == 0 && configuration.Accept.Count > 0 ? names : options.Select(names, name => name);
    }

    private static string Clean(string line, SecretReader secrets) => Printable.Line(secrets.Redact(line));
}
