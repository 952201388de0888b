using System.Security.Cryptography;
using System.Text;

namespace Mirror.Tests.Servers;

/// <summary>
/// The real Azurite, Microsoft's own stand-in for Azure Storage, which keeps all in memory. One for all tests of a process.
/// </summary>
public sealed class AzuriteServer : IAsyncDisposable
{
    /// <summary>The account and the key that every Azurite has.</summary>
    public const string Account = "devstoreaccount1";
    public const string Key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly Lazy<Task<AzuriteServer>> Shared = new(StartAsync);

    // Azurite knows only the accounts that it is started with.
    private const int SpareAccountCount = 200;

    private readonly ServerProcess _process;
    private int _taken;

    private AzuriteServer(ServerProcess process, int port, int queuePort)
    {
        _process = process;
        Port = port;
        QueuePort = queuePort;
    }

    /// <summary>Of the blobs.</summary>
    public int Port { get; }

    public int QueuePort { get; }

    /// <summary>An account that nobody had before: an application names its queues and containers itself.</summary>
    public StorageAccount TakeAccount() =>
        Interlocked.Increment(ref _taken) is var number and <= SpareAccountCount
            ? Spare(number)
            : throw new InvalidOperationException($"all {SpareAccountCount} accounts of this Azurite are taken");

    private StorageAccount Spare(int number) => new($"spare{number}", KeyOf($"spare{number}"), Port, QueuePort);

    private static string KeyOf(string account) => Convert.ToBase64String(SHA512.HashData(Encoding.UTF8.GetBytes(account)));

    /// <summary>The server that all tests share. It stops when the process ends.</summary>
    public static Task<AzuriteServer> SharedAsync() => Shared.Value;

    /// <summary>A server of one's own, for the test that breaks or stops it.</summary>
    public static async Task<AzuriteServer> StartAsync()
    {
        var folder = Scratch.NewFolder("azurite");
        var port = 0;
        var queuePort = 0;
        var process = await ServerProcess.StartAsync(() =>
        {
            port = ServerProcess.FreePort();
            queuePort = ServerProcess.FreePort();
            return Configure(folder, port, queuePort);
        });
        return new AzuriteServer(process, port, queuePort);
    }

    private static ServerStart Configure(string folder, int port, int queuePort) => new(
        Find(),
        [
            "--silent", "--skipApiVersionCheck", "--inMemoryPersistence", "--disableTelemetry",
            "--blobHost", "127.0.0.1", "--blobPort", $"{port}",
            "--queueHost", "127.0.0.1", "--queuePort", $"{queuePort}",
            "--tableHost", "127.0.0.1", "--tablePort", $"{ServerProcess.FreePort()}",
        ],
        ReadyFile: $"{folder}/azurite.log",
        LogFile: $"{folder}/azurite.log")
    {
        // The last of the three.
        ReadyText = "Azurite Table service is successfully listening",
        Environment =
        {
            ["AZURITE_ACCOUNTS"] = string.Join(';', Enumerable.Range(1, SpareAccountCount)
                .Select(number => $"spare{number}:{KeyOf($"spare{number}")}").Prepend($"{Account}:{Key}")),
        },
    };

    /// <summary>Where tests/run puts it.</summary>
    private static string Find()
    {
        var cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } given
            ? given
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var program = Path.Combine(cache, "mirror-tests", "azurite-3.37.0", "node_modules", ".bin", "azurite");
        return File.Exists(program) ? program : throw new InvalidOperationException($"{program} is not installed: run tests/run");
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
