using Mirror.Tests.FunctionsHost.Handlers;
using Mirror.Tests.Servers;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>A package with its settings, read and checked.</summary>
internal sealed record Application(
    HandlerStart Start, HostSettings Settings, IReadOnlyList<Function> Functions, IReadOnlyDictionary<string, string> Disabled)
{
    public static Application Read(HostOptions options, Journal journal)
    {
        var package = AppPackage.Open(options.Package);
        var given = new AppSettings(options.Storage is { } storage
            ? new Dictionary<string, string>(options.Settings) { ["AzureWebJobsStorage"] = storage }
            : options.Settings);
        var settings = HostSettings.Read(package.HostJson, given);
        var (functions, disabled) = ReadFunctions(package, new FunctionReader(given, settings, journal));
        foreach (var (name, reason) in disabled)
        {
            journal.Log(LogSeverity.Warning, "host", $"{name}: {reason}");
        }
        return new Application(StartOf(options, package, given, settings), settings, functions, disabled);
    }

    private static (List<Function> Functions, Dictionary<string, string> Disabled) ReadFunctions(AppPackage package, FunctionReader reader)
    {
        var functions = new List<Function>();
        var disabled = new Dictionary<string, string>();
        foreach (var folder in package.FunctionFolders)
        {
            try
            {
                functions.Add(reader.Read(folder));
            }
            catch (FunctionRefusedException e)
            {
                disabled.Add(Path.GetFileName(folder), e.Message);
            }
        }
        return functions.Count > 0
            ? (functions, disabled)
            : throw new HostRefusedException($"there is no function to run: {string.Join("; ", disabled.Values)}");
    }

    private static HandlerStart StartOf(HostOptions options, AppPackage package, AppSettings given, HostSettings settings)
    {
        var port = HandlerPort.Take();
        // The settings are part of the host's own environment, and the handler gets all of that.
        var environment = new Dictionary<string, string>(Command.Neutral);
        foreach (var (name, value) in given.All)
        {
            environment[name] = value;
        }
        environment["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}";
        return new HandlerStart
        {
            Executable = options.Executable ?? package.FindExecutable(settings.Executable),
            Arguments = settings.Arguments,
            Folder = package.Root,
            Environment = environment,
            Port = port,
        };
    }
}
