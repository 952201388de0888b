using System.CommandLine;
using Mirror.Functions.Runs;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror restore</c>: rebuilds a repository from the bucket alone.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "the mirror, such as group/project" };

    private static readonly Argument<string> Target = new("TARGET") { Description = "an empty repository, or the path of one to be made" };

    private static readonly Option<long?> At = new("--at") { Description = "as it was at this point of its chain", HelpName = "SEQUENCE" };

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("restore", """
            Rebuilds a repository from the bucket and the keys alone. Where it is a path, git checks each object (transfer.fsckObjects);
            a server does so by its own settings. It may take as long as the mirror's deadline, and 6 hours at least.

            mirror restore ce/routy ./routy.git
            mirror restore ce/routy ./routy-last-week.git --at 41
            """)
        {
            Name, Target, At,
        };
        RunOptions.AddTo(command, RunOptions.OnlyOption, RunOptions.DryRunOption, RunOptions.WatchOption, RunOptions.ParallelOption);
        Repeating.SetAction(command, secrets, new MirrorCommand(ConfigurationNeeds.Read, PlanAsync));
        return command;
    }

    private static async Task<IReadOnlyList<MirrorJob>> PlanAsync(Composition composition, CommandCall call, CancellationToken cancellation)
    {
        var (name, target) = (call.Parsed.GetRequiredValue(Name), ParseTarget(call.Parsed.GetRequiredValue(Target), composition.Secrets));
        var bucket = composition.OpenBucket();
        var opening = await Opening<Opened>.TryAsync(async () =>
        {
            var keys = await composition.Keys.ConsumerAsync(cancellation);
            return new Opened(new Restorer(bucket, keys, Remotes(composition)), await BucketListing.ReadAsync(bucket, cancellation));
        });
        return [opening.Job(Plan(composition, name, target.Host), async (opened, meter, token) =>
        {
            try
            {
                var state = await opened.Restorer.FindAsync(name, call.Parsed.GetValue(At), opened.Listing, token);
                if (target.Scheme == RemoteScheme.File && !Directory.Exists(target.Path))
                {
                    await new LocalRepository(composition.Remotes).CreateAsync(target.Path, state.Format, state.Head, token);
                }
                return await opened.Restorer.RestoreAsync(name, state, new RestoreTarget(target, opened.Listing), meter, token);
            }
            catch (Exception broken) when (MirrorError.TryOf(broken) is not null)
            {
                return new MirrorOutcome(name, OutcomeKind.Failed) { Error = MirrorError.TryOf(broken) };
            }
        })];
    }

    internal static RemoteSettings Remotes(Composition composition) => composition.Remotes with
    {
        // The bundles come from anyone with a signing key, and no later step checks the objects.
        ChecksObjects = true,
        Preparation = AtLeastBuiltIn(composition.Remotes.Preparation),
    };

    internal static MirrorJob Plan(Composition composition, string name, string host)
    {
        var plan = composition.Plan(name, host);
        // A restore has no ping, since only the user waits for it.
        return plan with { Ping = null, Deadline = plan.Deadline! with { Limit = AtLeastBuiltIn(plan.Deadline.Limit) } };
    }

    /// <summary>The configured deadline may be meant for daily deltas. A restore copies the whole repository, and after an interruption
    /// continues only after complete bundles. With less time than the largest bundle takes, it would never finish.</summary>
    private static TimeSpan AtLeastBuiltIn(TimeSpan everyday) =>
        everyday > MirrorDefaults.BuiltIn.Deadline ? everyday : MirrorDefaults.BuiltIn.Deadline;

    private sealed record Opened(Restorer Restorer, BucketListing Listing);

    private static RemoteUrl ParseTarget(string text, SecretReader secrets)
    {
        try
        {
            return secrets.ParseRemote(text, Environment.CurrentDirectory);
        }
        catch (FormatException wrong)
        {
            throw new UsageException(wrong.Message, wrong);
        }
    }
}
