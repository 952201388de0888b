using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The error for refs that are not equal, with the reason for each.</summary>
internal static class RefsError
{
    /// <param name="plan">The plan whose problems are included.</param>
    public static MirrorError? Of(RemoteUrl target, IReadOnlyDictionary<RefName, string> refused, TargetPlan? plan)
    {
        var refs = refused.Take(MirrorError.MaxRefs).ToDictionary(each => each.Key.Value, each => each.Value);
        var count = refused.Count + (plan?.ProblemCount ?? 0);
        foreach (var (name, why) in plan?.Problems ?? new Dictionary<string, string>())
        {
            if (RefName.TryParse(name, out var known) && refused.ContainsKey(known))
            {
                count--;
            }
            else if (refs.Count < MirrorError.MaxRefs)
            {
                refs[name] = why;
            }
        }
        if (refs.Count == 0)
        {
            return null;
        }
        var first = refs.First();
        var others = count > 1 ? $", and {count - 1} more" : "";
        return new MirrorError(Reason.RefsRefused, $"{target}: not equal: {first.Key}: {first.Value}{others}")
        {
            Refs = refs,
            MoreRefs = count - refs.Count,
            Advice = refs.Values.Select(why => RemoteAdvice.TryOf(why, target.ToString())).FirstOrDefault(advice => advice is not null),
        };
    }
}
