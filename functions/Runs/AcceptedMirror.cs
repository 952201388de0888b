using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>A mirror that is not listed, but accepted by a pattern of the configuration.</summary>
internal sealed record AcceptedMirror(string Name, RemoteUrl Target)
{
    /// <summary>The accepted mirrors with a head in a bucket.</summary>
    private static IEnumerable<AcceptedMirror> In(BucketListing listing, MirrorConfiguration configuration) =>
        listing.Mirrors().Select(name => Find(configuration, name)).OfType<AcceptedMirror>();

    /// <summary>The accepted mirrors of a bucket, or, if it cannot be listed, those with a ledger.</summary>
    public static async Task<IReadOnlyList<AcceptedMirror>> KnownAsync(BucketListing? listing, MirrorConfiguration configuration,
        ObjectStore state, CancellationToken cancellation) =>
        configuration.Accept.Count == 0 ? []
        : listing is not null ? [.. In(listing, configuration)]
        : [.. (await ConsumerLedger.NamesInAsync(state, cancellation)).Select(name => Find(configuration, name)).OfType<AcceptedMirror>()];

    /// <summary>The names of all mirrors of a consumer: listed ones, and accepted ones with a head in a bucket.</summary>
    public static IEnumerable<string> NamesOfAll(BucketListing listing, MirrorConfiguration configuration) =>
        configuration.Mirrors.Select(mirror => mirror.Name).Union(In(listing, configuration).Select(accepted => accepted.Name));

    /// <summary>Null if the name is not accepted, or would lead outside the base URL.</summary>
    public static AcceptedMirror? Find(MirrorConfiguration configuration, string name) =>
        configuration.Accept.Any(pattern => pattern.Matches(name)) && TargetOf(configuration, name) is { } target
            ? new AcceptedMirror(name, target)
            : null;

    private static RemoteUrl? TargetOf(MirrorConfiguration configuration, string name)
    {
        try
        {
            return configuration.DestinationBaseUrl!.Combine(name) with { Redirects = configuration.Defaults.Redirects };
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
