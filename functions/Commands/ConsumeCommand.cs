using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror consume</c>: the far side of a partition.</summary>
internal static class ConsumeCommand
{
    private static readonly Option<bool> AllowMassDelete = new("--allow-mass-delete")
    {
        Description = "go on where a target that was never consumed to would lose more than half of its refs, or all of them",
    };

    public static Command Create()
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
        command.SetAction((parsed, cancellation) =>
        {
            var options = RunOptions.Read(parsed);
            return Repeating.RunAsync(options.Watch, () => RunOnceAsync(parsed, options, cancellation), cancellation);
        });
        return command;
    }

    private static async Task<int> RunOnceAsync(ParseResult parsed, RunOptions options, CancellationToken cancellation)
    {
        using var workplace = await Workplace.OpenAsync(options.Configuration ?? RunOptions.DefaultConfiguration, cancellation);
        var bucket = workplace.OpenBucket();
        var consumer = new Consumer(bucket, workplace.OpenState(), await workplace.Keys.ConsumerAsync(cancellation), workplace.Remotes);
        var listing = await ProduceCommand.BucketAsync(bucket, cancellation);
        var requests = Requests(workplace.Configuration!, listing).Select(request => request with
        {
            AllowMassDelete = parsed.GetValue(AllowMassDelete),
            DryRun = options.DryRun,
        });
        // Of what is accepted, there may be nothing yet.
        var chosen = workplace.Configuration!.Accept.Count > 0 && options.Only is null ? [.. requests] : options.Select([.. requests], request => request.Mirror);
        var jobs = chosen.Select(request =>
            new MirrorJob(request.Mirror, [request.Target.Host], (meter, token) => consumer.ConsumeAsync(request, listing, meter, token)));
        return await Batch.RunAsync([.. jobs], new Reporter(options, workplace.Secrets.Redact, workplace.Remotes.Time), cancellation);
    }

    /// <summary>What is listed, and what is accepted by name. Where a push goes is said by the configuration alone.</summary>
    private static IEnumerable<ConsumeRequest> Requests(MirrorConfiguration configuration, BucketListing listing)
    {
        foreach (var mirror in configuration.Mirrors)
        {
            yield return new ConsumeRequest(mirror.Name, mirror.Destination) { Prune = mirror.Prune, Diverged = mirror.Diverged };
        }
        var listed = configuration.Mirrors.Select(mirror => mirror.Name).ToHashSet();
        foreach (var (name, target) in Accepted(configuration, listing).Where(accepted => !listed.Contains(accepted.Name)))
        {
            yield return new ConsumeRequest(name, target) { Prune = configuration.Defaults.Prune, Diverged = configuration.Defaults.Diverged, IsAccepted = true };
        }
    }

    /// <summary>The mirrors in the bucket that are taken by name. One whose name would lead elsewhere than below the base is junk.</summary>
    internal static IEnumerable<(string Name, RemoteUrl Target)> Accepted(MirrorConfiguration configuration, BucketListing listing)
    {
        foreach (var name in listing.Mirrors().Where(name => configuration.Accept.Any(pattern => pattern.Matches(name))))
        {
            if (TargetOf(configuration, name) is { } target)
            {
                yield return (name, target);
            }
        }
    }

    private static RemoteUrl? TargetOf(MirrorConfiguration configuration, string name)
    {
        try
        {
            return configuration.DestinationBaseUrl!.Combine(name);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
