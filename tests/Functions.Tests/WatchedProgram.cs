using System.Diagnostics;
using System.Threading.Channels;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>The program while it watches: what it says is read line by line, until it is interrupted as by Ctrl-C.</summary>
internal sealed class WatchedProgram : IDisposable
{
    private readonly Process _process;
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task<string> _output;

    public WatchedProgram(MirrorProgram program, params string[] arguments)
    {
        // env: a shell that runs the tests in the background has made all its children deaf to Ctrl-C.
        var start = StartInfo(program.Under("env", ["--default-signal=INT"], arguments));
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _output = ReadOutputAsync();
    }

    /// <summary>How to start a command in its own folder and environment, with its standard output read.</summary>
    public static ProcessStartInfo StartInfo(Command line)
    {
        var start = new ProcessStartInfo(line.Program, line.Arguments) { WorkingDirectory = line.Directory, RedirectStandardOutput = true };
        start.Environment.Clear();
        foreach (var (name, value) in line.WholeEnvironment)
        {
            start.Environment[name] = value;
        }
        return start;
    }

    /// <summary>What it has said on standard error so far.</summary>
    public List<string> Errors { get; } = [];

    /// <summary>All of its standard output; after <see cref="InterruptAsync"/>.</summary>
    public string Output => _output.Result;

    public async Task<string> ErrorLineAsync()
    {
        var line = await _process.StandardError.ReadLineAsync().WaitAsync(Hang.Limit)
            ?? throw new InvalidOperationException($"it has ended: {string.Join('\n', Errors)}");
        Errors.Add(line);
        return line;
    }

    /// <summary>The next line of its standard output.</summary>
    public async Task<string> OutputLineAsync() => await _lines.Reader.ReadAsync().AsTask().WaitAsync(Hang.Limit);

    public async Task InterruptAsync()
    {
        await new Command("kill", "-INT", $"{_process.Id}").RunAsync();
        while (await _process.StandardError.ReadLineAsync().WaitAsync(Hang.Limit) is { } line)
        {
            Errors.Add(line);
        }
        await _process.WaitForExitAsync().WaitAsync(Hang.Limit);
        await _output.WaitAsync(Hang.Limit);
        Assert.Equal(130, _process.ExitCode);
    }

    /// <summary>Reads all the time, so that the program never waits for a reader.</summary>
    private async Task<string> ReadOutputAsync()
    {
        var all = new List<string>();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            all.Add(line);
            _lines.Writer.TryWrite(line);
        }
        _lines.Writer.Complete();
        return string.Join('\n', all);
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }
        _process.Dispose();
    }
}
