using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Serving;

/// <summary>
/// One side of a partition as a Functions app: the files of the repository and the program as it was built, under the host for tests.
/// </summary>
internal static class ServedApp
{
    /// <summary>What no app of a role runs.</summary>
    private static readonly Dictionary<string, string[]> Unused = new()
    {
        ["produce"] = ["Sync", "Sweep", "Consume", "Hints"],
        ["consume"] = ["Plan", "Produce", "Sync"],
        ["sync"] = ["Produce", "Sweep", "Consume", "Hints"],
        ["produce,consume"] = ["Sync"],
    };

    public static string Root { get; } = Documents.Root;

    /// <summary>Starts the side's program with its configuration, and a storage account of its own for the queues.</summary>
    public static async Task<FunctionsHost> StartAsync(MirrorProgram side, string role, Action<HostSetup>? change = null)
    {
        var setup = new HostSetup { Storage = (await AzuriteServer.SharedAsync()).TakeAccount().ConnectionString };
        setup.Settings["MIRROR_ROLES"] = role;
        setup.Settings["MIRROR_CONFIG"] = side.PathOf("mirror.yaml");
        setup.Settings["MIRROR_SCHEDULE"] = "0 */5 * * * *";
        setup.Settings["MIRROR_SWEEP_SCHEDULE"] = "0 */5 * * * *";
        setup.Settings["MIRROR_WEBHOOK_SECRET"] = "env:HOOK_SECRET";
        setup.Settings["HOME"] = side.Directory;
        setup.Settings["AzureFunctionsJobHost__extensions__queues__visibilityTimeout"] = "00:00:01";
        foreach (var function in Unused[role])
        {
            setup.Settings[$"AzureWebJobs.{function}.Disabled"] = "true";
        }
        var neutral = Command.Neutral.Select(variable => KeyValuePair.Create(variable.Key, (string?)variable.Value));
        foreach (var (name, value) in neutral.Concat(side.Environment))
        {
            setup.Settings.TryAdd(name, value ?? "");
        }
        change?.Invoke(setup);
        return await FunctionsHost.StartAsync(new HostOptions
        {
            // infra/test-package runs the tests over what is deployed.
            Package = setup.Package ?? Environment.GetEnvironmentVariable("MIRROR_TEST_PACKAGE") ?? Assemble(),
            Settings = setup.Settings,
            Storage = setup.Storage,
            Times = new HostTimes { Lease = TimeSpan.FromSeconds(5) },
            Delivery = setup.Delivery,
        });
    }

    /// <summary>A package as <c>infra/package</c> makes it, but for the program, which is the one that was built.</summary>
    private static string Assemble()
    {
        var folder = Scratch.NewFolder("app");
        File.Copy(Path.Combine(Root, "host.json"), Path.Combine(folder, "host.json"));
        foreach (var function in Directory.GetFiles(Path.Combine(Root, "functions"), "function.json", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/bin/", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal)))
        {
            var place = Directory.CreateDirectory(Path.Combine(folder, Path.GetFileName(Path.GetDirectoryName(function)!)));
            File.Copy(function, Path.Combine(place.FullName, "function.json"));
        }
        var program = Path.Combine(folder, "mirror");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet '{Path.Combine(AppContext.BaseDirectory, "mirror.dll")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
        return folder;
    }
}

/// <summary>What a test may change of an app before it starts.</summary>
internal sealed class HostSetup
{
    public required string Storage { get; set; }

    public string? Package { get; set; }

    public Dictionary<string, string> Settings { get; } = [];

    public DeliveryFaults Delivery { get; set; } = new();
}
