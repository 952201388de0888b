using System.Text.Json;
using Azure.Storage.Queues;
using Mirror.Tests.Servers;

namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>A package around the handler that does what it is told, with an account and settings of its own.</summary>
internal sealed class StubPackage
{
    public const string HostJson = """
        {
          "version": "2.0",
          "extensionBundle": { "id": "Microsoft.Azure.Functions.ExtensionBundle", "version": "[4.0.0, 5.0.0)" },
          "customHandler": { "description": { "defaultExecutablePath": "handler" }, "enableForwardingHttpRequest": true }
        }
        """;

    private readonly string _seen = Path.Combine(Scratch.NewFolder("seen"), "requests");

    private StubPackage(StorageAccount account)
    {
        Account = account;
        Settings["SEEN"] = _seen;
        File.WriteAllText(Path.Combine(Root, "host.json"), HostJson);
        Install("handler");
    }

    public string Root { get; } = Scratch.NewFolder("package");

    public StorageAccount Account { get; }

    public Dictionary<string, string> Settings { get; } = [];

    public HostTimes Times { get; set; } = new();

    public DeliveryFaults Delivery { get; set; } = new();

    public TimeProvider? Clock { get; set; }

    public static async Task<StubPackage> CreateAsync() => new((await AzuriteServer.SharedAsync()).TakeAccount());

    public static async Task<StubPackage> CreateAsync(string function, string binding)
    {
        var package = await CreateAsync();
        package.Add(function, binding);
        return package;
    }

    /// <summary>A package with one function for the queue <c>work</c>.</summary>
    public static Task<StubPackage> CreateQueueAsync() => CreateAsync("Work", Bindings.Queue("work"));

    public void Add(string function, params string[] bindings) =>
        Write(function, $$"""{ "bindings": [{{string.Join(", ", bindings)}}] }""");

    public void Write(string function, string json)
    {
        Directory.CreateDirectory(Path.Combine(Root, function));
        File.WriteAllText(Path.Combine(Root, function, "function.json"), json);
    }

    /// <summary>What host.json has at that path, as an application's setting gives it.</summary>
    public void Set(string path, string value) =>
        Settings[$"AzureFunctionsJobHost__{path.Replace(".", "__", StringComparison.Ordinal)}"] = value;

    public void Install(string name)
    {
        var file = Path.Combine(Root, name);
        File.Copy(Path.Combine(AppContext.BaseDirectory, "Stub", "handler"), file, overwrite: true);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(file, File.GetUnixFileMode(file) | UnixFileMode.UserExecute);
        }
    }

    public HostOptions Options => new()
    {
        Package = Root,
        Settings = Settings,
        Storage = Account.ConnectionString,
        Times = Times,
        Delivery = Delivery,
        Clock = Clock,
    };

    public Task<FunctionsHost> StartAsync() => FunctionsHost.StartAsync(Options);

    public QueueClient Queue(string name = "work") =>
        new(Account.ConnectionString, name, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    /// <summary>As it stands, whatever messageEncoding says.</summary>
    public QueueClient RawQueue(string name) => new(Account.ConnectionString, name);

    public async Task SendAsync(params string[] messages)
    {
        await Queue().CreateIfNotExistsAsync();
        foreach (var message in messages)
        {
            await Queue().SendMessageAsync(message);
        }
    }

    public async Task<IReadOnlyList<string>> PoisonAsync() => !await RawQueue("work-poison").ExistsAsync()
        ? []
        : [.. (await RawQueue("work-poison").PeekMessagesAsync(32)).Value.Select(message => message.Body.ToString())];

    /// <summary>What the handler got, in the order in which it did.</summary>
    public IReadOnlyList<SeenRequest> Seen => File.Exists(_seen)
        ? [.. File.ReadAllLines(_seen).Select(line => JsonSerializer.Deserialize<SeenRequest>(line)!)]
        : [];
}

/// <summary>A request as the handler got it.</summary>
internal sealed record SeenRequest(string Method, string Path, Dictionary<string, string> Headers, string Body, int Running);
