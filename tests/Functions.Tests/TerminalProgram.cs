using System.Diagnostics;
using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>The program on a terminal of its own, which script(1) gives it: what it draws is read, and keys are typed.</summary>
internal sealed class TerminalProgram : IDisposable
{
    private const char ControlC = '\u0003';

    private readonly Process _process;
    private readonly StringBuilder _drawn = new();
    private readonly CancellationTokenSource _late = new(Hang.Limit);

    public TerminalProgram(MirrorProgram program, params string[] arguments)
    {
        var line = program.Under("env", ["--default-signal=INT"], arguments);
        var words = line.Arguments.Prepend(line.Program).Select(word => $"'{word}'");
        var start = WatchedProgram.StartInfo(line with
        {
            Program = "script",
            Arguments = ["--quiet", "--return", "--flush", "--command", string.Join(' ', words), "/dev/null"],
        });
        start.RedirectStandardInput = true;
        start.Environment["TERM"] = "xterm";
        _process = Process.Start(start)!;
    }

    /// <summary>All that it has drawn so far, with control sequences.</summary>
    public string Drawn => _drawn.ToString();

    public async Task ReadUntilAsync(Predicate<string> isThere)
    {
        while (!isThere(Drawn))
        {
            Assert.True(await ReadAsync(), $"it has ended: {Drawn}");
        }
    }

    /// <summary>Types Ctrl-C, and reads until it has ended.</summary>
    public async Task<int> InterruptAsync()
    {
        _process.StandardInput.Write(ControlC);
        _process.StandardInput.Flush();
        while (await ReadAsync())
        {
        }
        await _process.WaitForExitAsync(_late.Token);
        return _process.ExitCode;
    }

    private async Task<bool> ReadAsync()
    {
        var buffer = new char[1024];
        var count = await _process.StandardOutput.ReadAsync(buffer, _late.Token);
        _drawn.Append(buffer, 0, count);
        return count > 0;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
        _process.Dispose();
        _late.Dispose();
    }
}
