using System.Globalization;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>What others did to a target: refs that are neither as any bundle made them nor as the head wants them.</summary>
internal sealed class Divergence
{
    public const string ReplacedFolder = "refs/mirror/replaced";

    private Divergence(IReadOnlyList<Ref> foreign, IReadOnlyList<RefName> missing) => (Foreign, Missing) = (foreign, missing);

    /// <summary>Refs whose tips would be lost.</summary>
    public IReadOnlyList<Ref> Foreign { get; }

    /// <summary>Refs that others deleted.</summary>
    public IReadOnlyList<RefName> Missing { get; }

    /// <param name="state">What the head wants.</param>
    /// <param name="target">What is there.</param>
    /// <param name="since">The entry that the target was brought to, if that is known, and those after it.</param>
    /// <param name="rest">What would change.</param>
    /// <param name="bundles">Where their states are looked up.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task<Divergence> FindAsync(
        ChainState state, TargetSide target, IEnumerable<ChainEntry> since, TargetPlan rest, BundleSource bundles, CancellationToken cancellation)
    {
        // A run that died, over a target that is not atomic, may have left a ref at any of the states since.
        var own = state.Refs.ToHashSet();
        HashSet<RefName>? known = null;
        foreach (var entry in since)
        {
            await using var download = await bundles.OpenAsync(entry, cancellation);
            own.UnionWith(download.Bundle.Header.Refs);
            known ??= [.. download.Bundle.Header.Refs.Select(found => found.Name)];
        }
        var present = target.Managed.ToList();
        var names = present.Select(found => found.Name).ToHashSet();
        return new Divergence(
            [.. rest.Changes.Where(change => !change.IsCreate).Select(change => new Ref(change.Name, change.Old)).Where(found => !own.Contains(found))],
            [.. state.Refs.Select(found => found.Name).Where(name => known?.Contains(name) is true && !names.Contains(name))]);
    }

    public MirrorError ToError(RemoteUrl target)
    {
        var refs = Foreign.ToDictionary(found => found.Name.Value, found => $"is at {found.Id.Abbreviated}, which did not come from here");
        foreach (var name in Missing)
        {
            refs[name.Value] = "was deleted there";
        }
        return new MirrorError("diverged", $"{target}: was changed by others; nothing was done") { Refs = refs };
    }

    /// <summary>New refs that keep what would be lost.</summary>
    public IReadOnlyList<RefCommand> Preserving(DateTimeOffset now)
    {
        var stamp = now.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        return [.. Foreign.Select(found =>
            new RefCommand(RefName.Parse($"{ReplacedFolder}/{stamp}/{found.Name.Value["refs/".Length..]}"), found.Id.Format.Null, found.Id))];
    }
}
