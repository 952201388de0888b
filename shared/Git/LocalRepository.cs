using System.ComponentModel;
using System.Diagnostics;
using Mirror.Git.Transport;

namespace Mirror.Git;

/// <summary>Runs git for what no transfer protocol can do to a repository: create it and set its HEAD.</summary>
/// <param name="settings">Decides which of our environment variables git gets.</param>
public sealed class LocalRepository(RemoteSettings settings)
{
    /// <summary>Makes a bare repository whose HEAD names <paramref name="head"/>, which need not exist yet.</summary>
    public async Task CreateAsync(string path, ObjectFormat format, RefName? head, CancellationToken cancellation)
    {
        await RunAsync(path, ["init", "--quiet", "--bare", $"--object-format={format}", path], cancellation);
        if (head is { } name)
        {
            await RunAsync(path, [$"--git-dir={path}", "symbolic-ref", "HEAD", name.Value], cancellation);
        }
    }

    private async Task RunAsync(string path, string[] arguments, CancellationToken cancellation)
    {
        try
        {
            var start = new ProcessStartInfo("git", arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
            ChildEnvironment.Clear(start.Environment, settings);
            using var git = Process.Start(start)!;
            var (errors, output) = (git.StandardError.ReadToEndAsync(cancellation), git.StandardOutput.ReadToEndAsync(cancellation));
            await git.WaitForExitAsync(cancellation);
            await output;
            if (git.ExitCode != 0)
            {
                throw new RemoteException(RemoteFailure.Refused, path, "create", Printable.Text((await errors).Trim()));
            }
        }
        catch (Win32Exception missing)
        {
            throw new RemoteException(RemoteFailure.Unreachable, path, "create", "git cannot be started: is it installed?", missing)
            { IsFinal = true };
        }
    }
}
