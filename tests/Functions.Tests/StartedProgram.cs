using System.Diagnostics;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>The program while it runs, to be killed.</summary>
internal sealed class StartedProgram : IDisposable
{
    // All that it starts inherits the pipe: the end of it is the end of the last of them, of a git that was just taking a pack too.
    private const string HoldThePipe = """exec "$@" 3>&1 >/dev/null 2>&1""";

    private readonly Process _process;

    private StartedProgram(Process process) => _process = process;

    public static StartedProgram Start(MirrorProgram program, string command)
    {
        var line = program.Under("sh", ["-c", HoldThePipe, "sh"], command);
        var start = new ProcessStartInfo(line.Program, line.Arguments) { WorkingDirectory = line.Directory, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in line.WholeEnvironment)
        {
            start.Environment[name] = value;
        }
        return new StartedProgram(Process.Start(start)!);
    }

    /// <summary>Kills it after a while, unless it has ended by then; returns once nothing of it runs any more.</summary>
    public async Task<bool> KillAfterAsync(TimeSpan moment)
    {
        var isKilled = false;
        try
        {
            await _process.WaitForExitAsync().WaitAsync(moment);
        }
        catch (TimeoutException)
        {
            isKilled = !_process.HasExited;
            _process.Kill();
        }
        await _process.StandardOutput.ReadToEndAsync().WaitAsync(Hang.Limit);
        await _process.WaitForExitAsync().WaitAsync(Hang.Limit);
        return isKilled;
    }

    /// <summary>Its exit status.</summary>
    public async Task<int> EndAsync()
    {
        await _process.StandardOutput.ReadToEndAsync().WaitAsync(Hang.Limit);
        await _process.WaitForExitAsync().WaitAsync(Hang.Limit);
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();
}
