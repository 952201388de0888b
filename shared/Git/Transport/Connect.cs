namespace Mirror.Git.Transport;

/// <summary>Chooses the transport by the scheme of a URL.</summary>
internal static class Connect
{
    public static Dialogue To(RemoteUrl url, GitService service, RemoteSettings settings) => new(url, url.Http is null
        ? new ProcessConnection(GitProcess.For(url, service, settings), url.Scheme, settings)
        : new HttpConnection(url, service, settings));
}
