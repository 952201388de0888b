using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>Stops a mirror whose target has another object format.</summary>
internal static class FormatGuard
{
    /// <param name="what">The owner of the objects, for the message.</param>
    public static void Check(string what, ObjectFormat format, RemoteUrl target, ObjectFormat there)
    {
        if (format != there)
        {
            throw new RemoteException(RemoteFailure.Unsupported, target.ToString(), "compare",
                $"the {what} has {format} objects and the target {there}: create the target with git init --bare --object-format={format}");
        }
    }
}
