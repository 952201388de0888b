namespace Mirror.Git.Transport;

/// <summary>The two services of a Git server, named as in <c>info/refs?service=git-upload-pack</c>, gitprotocol-http(5).</summary>
internal enum GitService
{
    UploadPack,
    ReceivePack,
}

internal static class GitServices
{
    /// <summary>The program's name, which URLs use too.</summary>
    public static string Command(this GitService service) => service == GitService.UploadPack ? "git-upload-pack" : "git-receive-pack";
}
