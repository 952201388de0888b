using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Runs;

/// <summary>A mirror that nobody listed: it is taken because the configuration accepts its name.</summary>
internal sealed record AcceptedMirror(string Name, RemoteUrl Target)
{
    /// <summary>Those that have a head in a bucket.</summary>
    private static IEnumerable<AcceptedMirror> In(BucketListing listing, MirrorConfiguration configuration) =>
        listing.Mirrors().Select(name => Find(configuration, name)).OfType<AcceptedMirror>();

    /// <summary>Those of a bucket; where it cannot be listed, those that were accepted before, by their ledgers.</summary>
    public static async Task<IReadOnlyList<AcceptedMirror>> KnownAsync(BucketListing? listing, MirrorConfiguration configuration,
        ObjectStore state, CancellationToken cancellation) =>
        configuration.Accept.Count == 0 ? []
        : listing is not null ? [.. In(listing, configuration)]
        : [.. (await ConsumerLedger.NamesInAsync(state, cancellation)).Select(name => Find(configuration, name)).OfType<AcceptedMirror>()];

    /// <summary>The names of all mirrors that a consumer takes: those listed, and those accepted that have a head in a bucket.</summary>
    public static IEnumerable<string> NamesOfAll(BucketListing listing, MirrorConfiguration configuration) =>
        configuration.Mirrors.Select(mirror => mirror.Name).Union(In(listing, configuration).Select(accepted => accepted.Name));

    /// <summary>Null where the name is not accepted. One that would lead elsewhere than below the base is junk.</summary>
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
