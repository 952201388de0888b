using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>The words for failures that scripts decide by: once published, they stay.</summary>
internal static class Reasons
{
    public static string Of(Exception failure) => failure is RemoteException remote ? Of(remote.Failure) : "credentials";

    private static string Of(RemoteFailure failure) => failure switch
    {
        RemoteFailure.NotFound => "not-found",
        RemoteFailure.NotGit => "not-git",
        _ => failure.ToString().ToLowerInvariant(),
    };
}
