using System.CommandLine;
using System.CommandLine.Parsing;
using Mirror.Functions.Runs;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror sync</c>: one pair from the command line, or all mirrors of a configuration.</summary>
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

    private static readonly Option<bool> NoPrune =
        new("--no-prune") { Description = "keep refs at the target that the source no longer has" };

    private static readonly Option<bool> AllowMassDelete = new("--allow-mass-delete")
    {
        Description = "continue if more than half of the target's refs, or all of them, would be deleted",
    };

    private static readonly Option<string[]> PushOptions = new("--push-option", "-o")
    {
        Description = "send a word to the target's hooks, as git push -o does. Repeatable",
        HelpName = "OPTION",
    };

    public static Command Create(SecretReader secrets)
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
        command.Validators.Add(CheckTogether);
        Repeating.SetAction(command, secrets, new MirrorCommand(ConfigurationNeeds.None, PlanAsync)
        {
            IsWithoutConfiguration = call => call.Parsed.GetValue(Remotes) is { Length: > 0 },
        });
        return command;
    }

    private static Task<IReadOnlyList<MirrorJob>> PlanAsync(Composition composition, CommandCall call, CancellationToken cancellation)
    {
        var (parsed, options) = (call.Parsed, call.Options);
        var sides = new SyncJobs(composition);
        var requests = parsed.GetValue(Remotes) is { Length: > 0 } remotes
            ? [Typed(remotes, parsed, composition.Secrets)]
            : options.Select([.. sides.Requests], request => request.Mirror);
        return Task.FromResult<IReadOnlyList<MirrorJob>>([.. requests.Select(request => sides.Job(request with
        {
            Prune = request.Prune && !parsed.GetValue(NoPrune),
            AllowMassDelete = parsed.GetValue(AllowMassDelete),
            DryRun = options.DryRun,
            PushOptions = parsed.GetValue(PushOptions) ?? [],
        }))]);
    }

    private static SyncRequest Typed(string[] remotes, ParseResult parsed, SecretReader secrets)
    {
        try
        {
            var (source, target) = (secrets.ParseRemote(remotes[0], Environment.CurrentDirectory),
                secrets.ParseRemote(remotes[1], Environment.CurrentDirectory));
            var refs = parsed.GetValue(Refs) is { Length: > 0 } refspecs ? RefMap.Parse(refspecs) : RefMap.Default;
            return new SyncRequest(target.MirrorName, source, target) { Refs = refs };
        }
        catch (FormatException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }

    /// <summary>Checks options that only apply to one pair, or only to a configuration.</summary>
    private static void CheckTogether(CommandResult result)
    {
        var remotes = result.GetValue(Remotes)?.Length ?? 0;
        if (remotes == 1)
        {
            result.AddError("sync takes a SOURCE and a TARGET, or neither and a configuration");
        }
        if (remotes == 0 && result.GetValue(Refs) is { Length: > 0 })
        {
            result.AddError("--ref goes with SOURCE and TARGET; a configuration says 'refs:' itself");
        }
        if (remotes > 0 && RunOptions.NamesConfiguration(result))
        {
            result.AddError("SOURCE and TARGET go without --config and --only");
        }
    }
}
