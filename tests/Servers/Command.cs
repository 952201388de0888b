using System.Diagnostics;
using System.Text;

namespace Mirror.Tests.Servers;

/// <summary>A program run to its end in an environment that does not depend on who runs it.</summary>
public sealed record Command(string Program, params IReadOnlyList<string> Arguments)
{
    private static readonly TimeSpan Deadline = Hang.Limit;

    public string Directory { get; init; } = Scratch.Root;

    /// <summary>What is added to <see cref="Neutral"/>; null takes a variable away.</summary>
    public Dictionary<string, string?> Environment { get; init; } = [];

    /// <summary>All that it is started with: <see cref="Neutral"/>, and over it <see cref="Environment"/>.</summary>
    public IReadOnlyDictionary<string, string?> WholeEnvironment
    {
        get
        {
            var whole = Neutral.ToDictionary(variable => variable.Key, variable => (string?)variable.Value);
            foreach (var (name, value) in Environment)
            {
                whole[name] = value;
            }
            return whole;
        }
    }

    public byte[] Input { get; init; } = [];

    /// <summary>No configuration but the repository's own, and fixed names and dates, so that object ids are the same everywhere.</summary>
    public static IReadOnlyDictionary<string, string> Neutral { get; } = new Dictionary<string, string>
    {
        ["PATH"] = $"{System.Environment.GetEnvironmentVariable("PATH")}:/usr/local/sbin:/usr/sbin",
        ["HOME"] = Path.Combine(Scratch.Root, "home"),
        ["TMPDIR"] = Path.GetTempPath(),
        ["LC_ALL"] = "C.UTF-8",
        ["TZ"] = "UTC",
        ["GIT_CONFIG_NOSYSTEM"] = "1",
        ["GIT_CONFIG_GLOBAL"] = "/dev/null",
        ["GIT_CONFIG_COUNT"] = "1",
        ["GIT_CONFIG_KEY_0"] = "safe.directory",
        ["GIT_CONFIG_VALUE_0"] = "*",
        ["GIT_TERMINAL_PROMPT"] = "0",
        ["GIT_AUTHOR_NAME"] = "Author",
        ["GIT_AUTHOR_EMAIL"] = "author@example.invalid",
        ["GIT_AUTHOR_DATE"] = "1700000000 +0000",
        ["GIT_COMMITTER_NAME"] = "Committer",
        ["GIT_COMMITTER_EMAIL"] = "committer@example.invalid",
        ["GIT_COMMITTER_DATE"] = "1700000000 +0000",
    };

    /// <summary>The command's stdout; throws with stdout and stderr when it fails.</summary>
    public async Task<string> RunAsync()
    {
        var result = await TryRunAsync();
        return result.ExitCode == 0 ? result.Output : throw new CommandFailedException(this, result);
    }

    /// <summary>Runs the command and leaves the judgement of its exit code to the caller.</summary>
    public async Task<CommandResult> TryRunAsync()
    {
        using var process = Process.Start(StartInfo())!;
        using var late = new CancellationTokenSource(Deadline);
        try
        {
            var output = ReadAsync(process.StandardOutput.BaseStream, late.Token);
            var error = ReadAsync(process.StandardError.BaseStream, late.Token);
            await WriteInputAsync(process, late.Token);
            await process.WaitForExitAsync(late.Token);
            return new CommandResult(process.ExitCode, await output, Encoding.UTF8.GetString(await error));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{this} did not end within {Deadline}");
        }
    }

    private ProcessStartInfo StartInfo()
    {
        var start = new ProcessStartInfo(Program, Arguments)
        {
            WorkingDirectory = Directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Clear();
        foreach (var (name, value) in WholeEnvironment)
        {
            start.Environment[name] = value;
        }
        return start;
    }

    private async Task WriteInputAsync(Process process, CancellationToken cancellation)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(Input, cancellation);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading to the end: its exit code says whether that was right.
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, cancellation);
        return all.ToArray();
    }

    public override string ToString() => $"{Program} {string.Join(' ', Arguments)}";
}

public sealed record CommandResult(int ExitCode, byte[] Bytes, string Error)
{
    public string Output => Encoding.UTF8.GetString(Bytes);
}

public sealed class CommandFailedException(Command command, CommandResult result)
    : Exception($"{command} ended with {result.ExitCode}\n{result.Output}\n{result.Error}")
{
    public CommandResult Result { get; } = result;
}
