using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror restore</c>: a repository out of the bucket alone.</summary>
internal static class RestoreCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "the mirror, such as group/project" };

    private static readonly Argument<string> Target = new("TARGET") { Description = "an empty repository, or the path of one to be made" };

    private static readonly Option<long?> At = new("--at") { Description = "as it was at this point of its chain", HelpName = "SEQUENCE" };

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("restore", """
            Rebuilds a repository from the bucket and the keys alone. Where it is a path, git checks each object (transfer.fsckObjects);
            a server does so by its own settings.

            mirror restore ce/routy ./routy.git
            mirror restore ce/routy ./routy-last-week.git --at 41
            """)
        {
            Name, Target, At,
        };
        RunOptions.AddTo(command, RunOptions.OnlyOption, RunOptions.DryRunOption, RunOptions.WatchOption, RunOptions.ParallelOption);
        Repeating.SetAction(command, secrets, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RunOptions options, CancellationToken cancellation)
    {
        using var composition = await Composition.OpenAsync(options.Configuration, options.Secrets, cancellation);
        var (name, target) = (parsed.GetRequiredValue(Name), ParseTarget(parsed.GetRequiredValue(Target), composition.Secrets));
        var bucket = composition.OpenBucket();
        // What comes out of a bucket was made by whoever could sign for it, and nobody else checks it after this.
        var restorer = new Restorer(bucket, await composition.Keys.ConsumerAsync(cancellation),
            composition.Remotes with { ChecksObjects = true });
        var listing = await BucketListing.ReadAsync(bucket, cancellation);
        var job = new MirrorJob(name, [target.Host], async (meter, token) =>
        {
            try
            {
                var state = await restorer.FindAsync(name, parsed.GetValue(At), listing, token);
                if (target.Scheme == RemoteScheme.File && !Directory.Exists(target.Path))
                {
                    await LocalRepository.CreateAsync(target.Path, state.Format, state.Head, token);
                }
                return await restorer.RestoreAsync(name, state, new RestoreTarget(target, listing), meter, token);
            }
            catch (Exception broken) when (MirrorError.TryOf(broken) is not null)
            {
                return new MirrorOutcome(name, OutcomeKind.Failed) { Error = MirrorError.TryOf(broken) };
            }
        });
        return await Batch.RunAsync([job], composition, new Reporter(options, composition.Secrets.Redact, composition.Remotes.Time),
            cancellation);
    }

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
