using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Stops a mirror whose objects its target cannot take.</summary>
internal static class FormatGuard
{
    /// <param name="what">Whose objects they are, for people.</param>
    public static void Check(string what, ObjectFormat format, RemoteUrl target, ObjectFormat there)
    {
        if (format != there)
        {
            throw new RemoteException(RemoteFailure.Unsupported, target.ToString(), "compare",
                $"the {what} has {format} objects and the target {there}: create the target with git init --bare --object-format={format}");
        }
    }
}
