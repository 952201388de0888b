namespace Mirror.Mirroring;

/// <summary>Stops a mirror that is about to lose most of what it has: more often the source is broken than emptied on purpose.</summary>
internal static class MassDeleteGuard
{
    private const int HarmlessCount = 10;

    /// <summary>Says why the plan must not be carried out, or null.</summary>
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
