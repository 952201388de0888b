using Mirror.Storage.Directories;
using Mirror.Storage.Drivers;

namespace Mirror.Storage;

public sealed record DirectoryLocation : StoreLocation
{
    internal DirectoryLocation(string path) => Path = System.IO.Path.TrimEndingDirectorySeparator(path);

    /// <summary>An absolute path.</summary>
    public string Path { get; }

    /// <summary>Always empty: a directory belongs to one store.</summary>
    public override string Prefix { get; init; } = "";

    public override StoreKind Kind => DirectoryKind.Instance;

    public override bool Overlaps(StoreLocation other) =>
        other is DirectoryLocation directory && (IsWithin(Path, directory.Path) || IsWithin(directory.Path, Path));

    internal override IStoreDriver Connect(LoginValues login, TimeProvider time) => DirectoryKind.Connect(Path, time);

    public override string ToString() => Path;

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : $"{folder}/", StringComparison.Ordinal);
}
