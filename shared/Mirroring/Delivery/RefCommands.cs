using Mirror.Git;

namespace Mirror.Mirroring;

internal static class RefCommands
{
    /// <summary>
    /// Those of which something is true: the list itself where that is all of them, which is nearly always so. A command by itself is ten
    /// times what <see cref="RefChanges"/> keeps of it.
    /// </summary>
    public static IReadOnlyList<RefCommand> Only(this IReadOnlyList<RefCommand> commands, Func<RefCommand, bool> isWanted) =>
        commands.All(isWanted) ? commands : [.. commands.Where(isWanted)];
}
