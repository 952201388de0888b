using System.ComponentModel;
using System.Diagnostics;

namespace Mirror.Tests.FunctionsHost.Handlers;

/// <summary>One run of the handler.</summary>
internal sealed class HandlerProcess : IDisposable
{
    // A test process that is killed must leave no handler behind. The guard's stdin ends with the test process.
    private const string Guard = "read -r _ || kill -9 \"$1\" 2>/dev/null";

    private readonly Process _process;
    private readonly Process _guard;
    private readonly Task _output;
    private readonly Lock _lock = new();

    private HandlerProcess(Process process, Journal journal)
    {
        _process = process;
        Id = process.Id;
        var guard = new ProcessStartInfo("setsid", ["sh", "-c", Guard, "sh", $"{Id}"]) { RedirectStandardInput = true };
        _guard = Process.Start(guard)!;
        process.StandardInput.Close();
        _output = Task.WhenAll(ReadAsync(process.StandardOutput, journal.LogOutput), ReadAsync(process.StandardError, journal.LogError));
        Ended = EndAsync();
    }

    public int Id { get; }

    /// <summary>Its exit status: 137 after SIGKILL.</summary>
    public Task<int> Ended { get; }

    /// <summary>Whether the host, or a test, ended it: then its exit is no failure of its own.</summary>
    public bool IsKilled { get; private set; }

    public static HandlerProcess Start(HandlerStart start, Journal journal)
    {
        var process = new ProcessStartInfo(start.Executable, start.Arguments)
        {
            WorkingDirectory = start.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        process.Environment.Clear();
        foreach (var (name, value) in start.Environment)
        {
            process.Environment[name] = value;
        }
        try
        {
            return new HandlerProcess(Process.Start(process)!, journal);
        }
        catch (Win32Exception e)
        {
            throw new HostRefusedException($"'{start.Executable}' cannot be started: {e.Message}", e);
        }
    }

    /// <summary>SIGKILL to the one pid, as the real host does: what the handler started lives on.</summary>
    public void Kill()
    {
        lock (_lock)
        {
            if (!Ended.IsCompleted)
            {
                IsKilled = true;
                _process.Kill();
            }
        }
    }

    /// <summary>After its end: all that it wrote is in the journal. What it had started may live on, and hold the pipes.</summary>
    public Task DrainAsync() => Task.WhenAny(_output, Task.Delay(TimeSpan.FromMilliseconds(500)));

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync();
        // A line, and not the end of the file: the pid may soon be another's.
        await _guard.StandardInput.WriteLineAsync();
        _guard.StandardInput.Close();
        return _process.ExitCode;
    }

    private static async Task ReadAsync(StreamReader lines, Action<string> log)
    {
        try
        {
            while (await lines.ReadLineAsync() is { } line)
            {
                log(line);
            }
        }
        catch (Exception e) when (e is ObjectDisposedException or OperationCanceledException or IOException)
        {
            // The host has stopped, and what lives on of the handler's children speaks to nobody.
        }
    }

    /// <summary>Closes the pipes, which what it had started may still write to: at the end of the host.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _guard.Dispose();
            _process.Dispose();
        }
    }
}
