using Mirror.Age;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The words for failures that scripts decide by: once published, they stay.</summary>
internal static class Reasons
{
    public const string Busy = "busy";

    /// <summary>The reason of a failure that can happen to a mirror, or null of one that is a fault of our own.</summary>
    public static string? TryOf(Exception failure) => failure switch
    {
        RemoteException remote => Of(remote.Failure),
        StorageException store => $"store-{Kebab(store.Failure.ToString())}",
        ChainException chain => Of(chain.Failure),
        SecretException or AgeKeyException => "credentials",
        BusyException => Busy,
        _ => null,
    };

    private static string Of(RemoteFailure failure) => failure switch
    {
        RemoteFailure.NotFound => "not-found",
        RemoteFailure.NotGit => "not-git",
        _ => failure.ToString().ToLowerInvariant(),
    };

    private static string Of(ChainFailure failure) => failure == ChainFailure.Malformed ? "malformed-head" : Kebab(failure.ToString());

    private static string Kebab(string name) =>
        string.Concat(name.Select((c, i) => char.IsUpper(c) ? $"{(i > 0 ? "-" : "")}{char.ToLowerInvariant(c)}" : $"{c}"));
}
