using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Sides;

/// <summary>A mirror that nobody listed: it is taken because the bucket has a head of a name that the configuration accepts.</summary>
internal sealed record AcceptedMirror(string Name, RemoteUrl Target)
{
    /// <summary>Those in a bucket. One whose name would lead elsewhere than below the base is junk.</summary>
    public static IEnumerable<AcceptedMirror> In(BucketListing listing, MirrorConfiguration configuration)
    {
        foreach (var name in listing.Mirrors().Where(name => configuration.Accept.Any(pattern => pattern.Matches(name))))
        {
            if (TargetOf(configuration, name) is { } target)
            {
                yield return new AcceptedMirror(name, target);
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
