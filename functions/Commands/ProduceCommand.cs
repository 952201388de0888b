using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror produce</c>: the near side of a partition.</summary>
internal static class ProduceCommand
{
    private static readonly Option<bool> AllowMassDelete = new("--allow-mass-delete")
    {
        Description = "go on where more than half of a mirror's refs have gone from its source, or all of them",
    };

    public static Command Create()
    {
        var command = new Command("produce", """
            Writes what is new at each source into the bucket, as an encrypted git bundle, and a signed head that says what the chain is.

            mirror produce -c mirror.yaml -j 8
            mirror produce --only 'ce/*' --dry-run
            mirror produce --watch 5m
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
        var producer = new Producer(bucket, workplace.OpenState(), await workplace.Keys.ProducerAsync(cancellation), workplace.Remotes);
        var requests = workplace.Configuration!.Mirrors.Select(mirror => new ProduceRequest(mirror.Name, mirror.Source)
        {
            Refs = mirror.Refs,
            AllowMassDelete = parsed.GetValue(AllowMassDelete),
            DryRun = options.DryRun,
        });
        var listing = await BucketAsync(bucket, cancellation);
        var jobs = options.Select([.. requests], request => request.Mirror).Select(request =>
            new MirrorJob(request.Mirror, [request.Source.Host], (meter, token) => producer.ProduceAsync(request, listing, meter, token)));
        return await Batch.RunAsync([.. jobs], new Reporter(options, workplace.Secrets.Redact, workplace.Remotes.Time), cancellation);
    }

    /// <summary>Lists the bucket once for the whole run; without that, no mirror can be done.</summary>
    internal static async Task<BucketListing> BucketAsync(Storage.ObjectStore bucket, CancellationToken cancellation)
    {
        try
        {
            return await BucketListing.ReadAsync(bucket, cancellation);
        }
        catch (Storage.StorageException failure)
        {
            throw new RunException(failure.Message, failure);
        }
    }
}
