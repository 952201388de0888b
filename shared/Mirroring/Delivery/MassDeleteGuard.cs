namespace Mirror.Mirroring;

/// <summary>Stops a mirror that would lose most of its refs, since a broken source is more likely than an intended deletion.</summary>
internal static class MassDeleteGuard
{
    private const int HarmlessCount = 10;

    /// <summary>The reason why the plan must not be carried out, or null.</summary>
    public static MirrorError? Check(TargetPlan plan)
    {
        var deletes = plan.Changes.Count(change => change.IsDelete);
        if (deletes > 0 && plan.WantedCount == 0)
        {
            return new MirrorError(
                Reason.EmptySource, $"no refs are left at the source, and {plan.ManagedCount} were mirrored: nothing was deleted");
        }
        return deletes > HarmlessCount && deletes > plan.ManagedCount / 2
            ? new MirrorError(Reason.MassDelete, $"{deletes} of the target's {plan.ManagedCount} refs would be deleted: nothing was done")
            : null;
    }
}
