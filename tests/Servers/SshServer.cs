namespace Mirror.Tests.Servers;

/// <summary>The real sshd, for the user who runs the tests and the one key that it made. One for all tests of a process.</summary>
public sealed class SshServer : IAsyncDisposable
{
    public const string Host = "127.0.0.1";

    // The host key is known by this name, so that it is also known behind a FaultProxy's port.
    private const string HostKeyAlias = "mirror-tests";

    private static readonly Lazy<Task<SshServer>> Shared = new(() => StartAsync());

    private readonly ServerProcess _process;

    private SshServer(ServerProcess process, string folder, int port)
    {
        _process = process;
        Port = port;
        Command = $"ssh -F /dev/null -i {folder}/client_key -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes "
            + $"-o UserKnownHostsFile={folder}/known_hosts -o StrictHostKeyChecking=yes -o HostKeyAlias={HostKeyAlias}";
    }

    public int Port { get; }

    public static string User => Environment.UserName;

    /// <summary>For GIT_SSH_COMMAND: ssh with the key and the host key, and nothing of the user's own.</summary>
    public string Command { get; }

    /// <summary>The server that all tests share. It stops when the process ends.</summary>
    public static Task<SshServer> SharedAsync() => Shared.Value;

    /// <summary>A server of one's own, for the test that breaks or stops it.</summary>
    /// <param name="acceptsEnvironment">For AcceptEnv. Without GIT_PROTOCOL, which is sshd's own default, git speaks protocol v0.</param>
    public static async Task<SshServer> StartAsync(string acceptsEnvironment = "GIT_PROTOCOL")
    {
        var folder = Scratch.NewFolder("sshd");
        await KeysAsync(folder);
        if (Environment.IsPrivilegedProcess)
        {
            // Debian's service makes it, and there may be no service; sshd refuses to start as root without.
            Directory.CreateDirectory("/run/sshd");
        }
        var port = 0;
        var process = await ServerProcess.StartAsync(() =>
        {
            port = ServerProcess.FreePort();
            return Configure(folder, port, acceptsEnvironment);
        });
        return new SshServer(process, folder, port);
    }

    public string Url(GitRepository repository) => $"ssh://{User}@{Host}:{Port}{repository.Path}";

    private static async Task KeysAsync(string folder)
    {
        await new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "host", "-f", $"{folder}/host_key").RunAsync();
        await new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "client", "-f", $"{folder}/client_key").RunAsync();
        File.Copy($"{folder}/client_key.pub", $"{folder}/authorized_keys");
        await File.WriteAllTextAsync($"{folder}/known_hosts", $"{HostKeyAlias} {await File.ReadAllTextAsync($"{folder}/host_key.pub")}");
    }

    private static ServerStart Configure(string folder, int port, string acceptsEnvironment)
    {
        File.WriteAllText($"{folder}/sshd_config", $"""
            ListenAddress {Host}:{port}
            HostKey {folder}/host_key
            PidFile {folder}/sshd.pid
            AuthorizedKeysFile {folder}/authorized_keys
            AuthenticationMethods publickey
            PermitRootLogin prohibit-password
            StrictModes no
            UsePAM no
            {(acceptsEnvironment.Length > 0 ? $"AcceptEnv {acceptsEnvironment}" : "# AcceptEnv: none")}
            # bash under sshd reads .bashrc, whatever is in it, unless it takes itself for a shell within a shell.
            SetEnv SHLVL=1 {string.Join(' ', GitEnvironment)}
            # A third of the time of a connection is the post-quantum exchange that is the default.
            KexAlgorithms curve25519-sha256
            MaxStartups 100
            PrintMotd no
            PrintLastLog no
            LogLevel VERBOSE

            """);
        return new ServerStart(
            ServerProcess.Find("sshd"), ["-D", "-e", "-f", $"{folder}/sshd_config"], $"{folder}/sshd.pid", $"{folder}/sshd.log");
    }

    private static IEnumerable<string> GitEnvironment =>
        Servers.Command.Neutral.Where(variable => variable.Key.StartsWith("GIT_CONFIG_", StringComparison.Ordinal))
            .Select(variable => $"{variable.Key}={variable.Value}");

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
