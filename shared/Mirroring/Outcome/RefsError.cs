using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Says which refs are not equal, and why.</summary>
internal static class RefsError
{
    public static MirrorError? Of(RemoteUrl target, IReadOnlyDictionary<RefName, string> refused, IReadOnlyDictionary<string,
        string>? problems)
    {
        var refs = refused.ToDictionary(each => each.Key.Value, each => each.Value);
        foreach (var (name, why) in problems ?? new Dictionary<string, string>())
        {
            refs.TryAdd(name, why);
        }
        if (refs.Count == 0)
        {
            return null;
        }
        var first = refs.First();
        var others = refs.Count > 1 ? $", and {refs.Count - 1} more" : "";
        return new MirrorError(Reason.RefsRefused, $"{target}: not equal: {first.Key}: {first.Value}{others}") { Refs = refs };
    }
}
