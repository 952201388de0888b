using System.Buffers;
using System.ComponentModel;
using System.Diagnostics;

namespace Mirror.Functions.Demo;

/// <summary>Runs other programs, and shows each command line as you would type it.</summary>
internal sealed class Shell(string folder, TextWriter output)
{
    // Ignores the user's git configuration, so that the demo is the same for everyone.
    private static readonly Dictionary<string, string> Identity = new()
    {
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_AUTHOR_NAME"] = "demo",
        ["GIT_AUTHOR_EMAIL"] = "demo@example.invalid",
        ["GIT_COMMITTER_NAME"] = "demo",
        ["GIT_COMMITTER_EMAIL"] = "demo@example.invalid",
    };

    private static readonly SearchValues<char> Special = SearchValues.Create(" '\"*^~()");

    /// <summary>Runs a command and returns its output. If it fails, its error output ends the demo.</summary>
    public async Task<string> RunAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        var start = new ProcessStartInfo(program, arguments)
        { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Identity)
        {
            start.Environment[name] = value;
        }
        try
        {
            using var process = Process.Start(start)!;
            var (printed, errors) = (process.StandardOutput.ReadToEndAsync(cancellation),
                process.StandardError.ReadToEndAsync(cancellation));
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode == 0
                ? (await printed).TrimEnd()
                : throw new RunException($"demo: {program}: {(await errors).Trim()}",
                    new InvalidOperationException($"exit status {process.ExitCode}"));
        }
        catch (Win32Exception missing)
        {
            throw new RunException($"demo: {program} cannot be started: install it, and run the demo again", missing);
        }
    }

    /// <summary>As above, and shows the command and its output.</summary>
    public async Task<string> ShowAsync(string program, string[] arguments, CancellationToken cancellation)
    {
        await output.WriteLineAsync($"$ {program} {string.Join(' ', arguments.Select(Quoted))}");
        var printed = await RunAsync(program, arguments, cancellation);
        if (printed.Length > 0)
        {
            await output.WriteLineAsync(printed);
        }
        return printed;
    }

    public static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Any(part => part.Length > 0 && File.Exists(Path.Combine(part, program)));

    public static string Quoted(string word) =>
        word.AsSpan().ContainsAny(Special) ? $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'" : word;
}
