using System.Runtime.CompilerServices;
using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Opens the bundles of a chain.</summary>
internal sealed record BundleSource(ObjectStore Bucket, IReadOnlyList<AgeIdentity> Identities, TransferMeter Meter)
{
    public Task<BundleDownload> OpenAsync(ChainEntry entry, CancellationToken cancellation) =>
        BundleDownload.OpenAsync(this, entry, cancellation);

    /// <summary>The refs that a target has after each of these bundles, according to the bundles themselves.</summary>
    public async IAsyncEnumerable<RefList> StatesAfterAsync(IEnumerable<ChainEntry> entries,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        foreach (var entry in entries)
        {
            await using var download = await OpenAsync(entry, cancellation);
            yield return download.Bundle.Header.Refs;
        }
    }
}
