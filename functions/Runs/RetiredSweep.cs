using Mirror.Functions.Output;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>Before a producer's runs: deletes what <c>mirror forget</c> had to leave in the bucket.</summary>
internal static class RetiredSweep
{
    /// <summary>What keeps it from being done is said, and stops no run: the next one tries again.</summary>
    public static async Task RunAsync(Composition composition, Action<string> say, CancellationToken cancellation)
    {
        var configuration = composition.Configuration!;
        try
        {
            var bucket = composition.OpenBucket();
            var retired = new RetiredMirrors(composition.OpenState(), bucket, composition.Remotes.Time);
            foreach (var gone in await retired.SweepAsync(name => configuration.Find(name) is not null, cancellation))
            {
                say($"{gone.Mirror}: retired: {Quantity.Of(gone.Objects.Count, "object")} deleted in {bucket.Name}");
            }
        }
        catch (StorageException unswept)
        {
            say($"warning: {unswept.Message}: what retired mirrors have left is kept until the next run");
        }
    }
}
