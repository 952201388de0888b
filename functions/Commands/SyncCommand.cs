using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror sync</c>: one pair from the command line, or all of a configuration.</summary>
internal static class SyncCommand
{
    private static readonly Argument<string[]> Remotes = new("SOURCE TARGET")
    {
        Description = "two repositories: https, http, ssh, user@host:path, file, or a path. Without them, those of the configuration",
        Arity = new ArgumentArity(0, 2),
    };

    private static readonly Option<string[]> Refs = new("--ref")
    {
        Description = "what to carry, as a refspec: refs/heads/main, 'refs/heads/*:refs/heads/upstream/*', '^refs/heads/tmp/*'. "
            + "Replaces the default, which is refs/heads/* and refs/tags/*. Repeatable",
        HelpName = "REFSPEC",
    };

    private static readonly Option<bool> NoPrune = new("--no-prune") { Description = "keep refs at the target that the source no longer has" };

    private static readonly Option<bool> AllowMassDelete = new("--allow-mass-delete")
    {
        Description = "go on where more than half of the target's refs would be deleted, or all of them",
    };

    private static readonly Option<string[]> PushOptions = new("--push-option", "-o")
    {
        Description = "send a word to the target's hooks, as git push -o does. Repeatable",
        HelpName = "OPTION",
    };

    public static Command Create()
    {
        var command = new Command("sync", """
            Brings a target in step with a source, directly: asks both for their refs, and streams what is missing.

            mirror sync https://git.example/a/project.git git@backup.example:a/project.git
            mirror sync --dry-run ./project.git /srv/git/project.git
            mirror sync -c mirror.yaml -j 8 --watch 5m
            """)
        {
            Remotes, Refs, NoPrune, AllowMassDelete, PushOptions,
        };
        RunOptions.AddTo(command);
        command.SetAction(RunAsync);
        return command;
    }

    private static Task<int> RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        var options = RunOptions.Read(parsed);
        return Repeating.RunAsync(options.Watch, () => RunOnceAsync(parsed, options, cancellation), cancellation);
    }

    private static async Task<int> RunOnceAsync(ParseResult parsed, RunOptions options, CancellationToken cancellation)
    {
        var remotes = parsed.GetValue(Remotes) ?? [];
        var workplace = await Workplace.OpenAsync(options, isConfigured: remotes.Length == 0, cancellation);
        var mirrors = remotes.Length == 0 ? FromConfiguration(workplace, parsed) : [FromCommandLine(remotes, parsed, workplace)];
        var broker = new Broker(workplace.Remotes, Random.Shared);
        var reporter = new Reporter(options, workplace.Redact, workplace.Remotes.Time);
        return await Batch.RunAsync(options.Select(mirrors), options, reporter, (mirror, meter) => broker.SyncAsync(mirror, meter, cancellation));
    }

    private static IReadOnlyList<SyncRequest> FromConfiguration(Workplace workplace, ParseResult parsed) => throw new UsageException("not yet");

    private static SyncRequest FromCommandLine(string[] remotes, ParseResult parsed, Workplace workplace)
    {
        if (remotes.Length != 2)
        {
            throw new UsageException("sync takes a SOURCE and a TARGET, or neither and a configuration");
        }
        try
        {
            var target = RemoteUrl.Parse(remotes[1], Environment.CurrentDirectory);
            return new SyncRequest(target.MirrorName, RemoteUrl.Parse(remotes[0], Environment.CurrentDirectory), target)
            {
                Refs = parsed.GetValue(Refs) is { Length: > 0 } refspecs ? RefMap.Parse(refspecs) : RefMap.Default,
                Prune = !parsed.GetValue(NoPrune),
                AllowMassDelete = parsed.GetValue(AllowMassDelete),
                DryRun = RunOptions.Read(parsed).DryRun,
                PushOptions = parsed.GetValue(PushOptions) ?? [],
            };
        }
        catch (FormatException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }
}
