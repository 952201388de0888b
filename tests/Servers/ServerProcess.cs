using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Mirror.Tests.Servers;

/// <summary>How to start a server. It is ready once it has written its pid file, which Apache and sshd do after they listen, or what it
/// says in a file when it listens.</summary>
internal sealed record ServerStart(string Program, IReadOnlyList<string> Arguments, string ReadyFile, string LogFile)
{
    public string ReadyText { get; init; } = "";

    public Dictionary<string, string> Environment { get; init; } = [];

    public bool IsReady => File.Exists(ReadyFile) && File.ReadAllText(ReadyFile).Contains(ReadyText, StringComparison.Ordinal);

    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>A server in the foreground that dies with this process, even when this process is killed.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    // The shell waits for the server; beside it a subshell waits for the end of stdin, which is the end of the test process, and
    // then stops the server. Not PR_SET_PDEATHSIG: that fires when the *thread* which started the child ends. A session of its
    // own, so that Ctrl-C and SIGWINCH (to Apache: "stop gracefully") of the terminal do not reach the server.
    private const string Guard = """
        log=$1; shift
        exec 3<&0 >>"$log" 2>&1
        "$@" </dev/null 3<&- & server=$!
        { read -r _ <&3; kill "$server"; } & guard=$!
        exec 3<&-
        wait "$server"; status=$?
        kill "$guard" 2>/dev/null
        exit $status
        """;

    private static readonly TimeSpan Deadline = Hang.Limit;

    private readonly Process _process;

    private ServerProcess(Process process) => _process = process;

    /// <summary>Where a program of the system is; sbin is not on everybody's path.</summary>
    public static string Find(string program) =>
        Command.Neutral["PATH"].Split(':').Where(folder => folder.Length > 0)
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException($"{program} is not installed: run tests/run");

    /// <summary>A port that was free a moment ago. Another process can still take it first: see <see cref="StartAsync"/>.</summary>
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Starts a server on ports that <paramref name="configure"/> chooses anew each time: one may be taken in between.</summary>
    public static async Task<ServerProcess> StartAsync(Func<ServerStart> configure)
    {
        for (var attempt = 1; ; attempt++)
        {
            var start = configure();
            if (await TryStartAsync(start) is { } server)
            {
                return server;
            }
            if (attempt == 5)
            {
                throw new InvalidOperationException($"{start.Program} does not start:\n{await File.ReadAllTextAsync(start.LogFile)}");
            }
        }
    }

    private static async Task<ServerProcess?> TryStartAsync(ServerStart start)
    {
        File.Delete(start.ReadyFile);
        var shell = new ProcessStartInfo("setsid", ["sh", "-c", Guard, "sh", start.LogFile, start.Program, .. start.Arguments])
        {
            RedirectStandardInput = true,
            WorkingDirectory = Scratch.Root,
        };
        shell.Environment.Clear();
        shell.Environment["PATH"] = Command.Neutral["PATH"];
        foreach (var (name, value) in start.Environment)
        {
            shell.Environment[name] = value;
        }
        var server = new ServerProcess(Process.Start(shell)!);
        var deadline = Stopwatch.StartNew();
        while (!start.IsReady)
        {
            if (server._process.HasExited || deadline.Elapsed > start.Patience)
            {
                await server.DisposeAsync();
                return null;
            }
            await Task.Delay(10);
        }
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var late = new CancellationTokenSource(Deadline);
        await _process.WaitForExitAsync(late.Token);
        _process.Dispose();
    }
}
