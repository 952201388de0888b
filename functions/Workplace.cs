using System.Reflection;
using Mirror.Functions.Commands;
using Mirror.Git;

namespace Mirror.Functions;

/// <summary>The composition root: what the environment and the configuration make of the libraries.</summary>
internal sealed class Workplace
{
    public required RemoteSettings Remotes { get; init; }

    public Func<string, string> Redact { get; init; } = text => text;

    public static Task<Workplace> OpenAsync(RunOptions options, bool isConfigured, CancellationToken cancellation)
    {
        return Task.FromResult(new Workplace
        {
            Remotes = new RemoteSettings
            {
                Http = new HttpAccess(Environment.GetEnvironmentVariable("GIT_SSL_CAINFO")),
                SshCommand = SshCommand(),
                Agent = $"git/mirror-{Version}",
            },
        });
    }

    private static string Version => typeof(Workplace).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static string SshCommand() => Environment.GetEnvironmentVariable("MIRROR_SSH") ?? Environment.GetEnvironmentVariable("GIT_SSH_COMMAND") ?? "ssh";
}
