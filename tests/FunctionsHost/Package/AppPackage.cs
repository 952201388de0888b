using System.IO.Compression;
using Mirror.Tests.Servers;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>What is deployed: a folder, or a zip, with host.json, a folder for each function, and the handler's executable.</summary>
internal sealed class AppPackage
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    private AppPackage(string root) => Root = root;

    public string Root { get; }

    public static AppPackage Open(string path)
    {
        var root = path;
        if (File.Exists(path))
        {
            root = Scratch.NewFolder("app");
            // With the Unix mode bits of its entries. An entry without any, from a zip made on Windows, is not executable.
            ZipFile.ExtractToDirectory(path, root);
        }
        return File.Exists(Path.Combine(root, "host.json"))
            ? new AppPackage(root)
            : throw new HostRefusedException($"there is no host.json at the root of '{path}'");
    }

    public string HostJson => File.ReadAllText(Path.Combine(Root, "host.json"));

    /// <summary>A folder is a function when it holds a function.json.</summary>
    public IEnumerable<string> FunctionFolders => Directory.EnumerateDirectories(Root).Order(StringComparer.Ordinal)
        .Where(folder => File.Exists(Path.Combine(folder, "function.json")));

    /// <summary>The name is looked up as it stands: the mode bits are set for the entry that is spelled exactly so.</summary>
    public string FindExecutable(string name)
    {
        var path = Path.Combine(Root, name);
        if (name.StartsWith("./", StringComparison.Ordinal))
        {
            throw new HostRefusedException($"defaultExecutablePath '{name}' must be spelled without './'");
        }
        if (!File.Exists(path))
        {
            throw new HostRefusedException($"defaultExecutablePath '{name}' is not in the package");
        }
        return !OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & AnyExecute) != 0
            ? path
            : throw new HostRefusedException($"defaultExecutablePath '{name}' is not executable");
    }
}
