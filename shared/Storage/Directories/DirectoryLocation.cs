using Mirror.Storage.Directories;
using Mirror.Storage.Drivers;

namespace Mirror.Storage;

public sealed record DirectoryLocation : StoreLocation
{
    internal DirectoryLocation(string path) => Path = System.IO.Path.TrimEndingDirectorySeparator(path);

    /// <summary>An absolute path.</summary>
    public string Path { get; }

    /// <summary>Always empty, since a directory belongs to one store.</summary>
    public override string Prefix { get; init; } = "";

    public override StoreKind Kind => DirectoryKind.Instance;

    public override bool Overlaps(StoreLocation other) =>
        other is DirectoryLocation directory && (Overlap(Path, directory.Path) || Overlap(RealPath.Of(Path), RealPath.Of(directory.Path)));

    internal override IStoreDriver Connect(LoginValues login, TimeProvider time) => DirectoryKind.Connect(Path, time);

    public override string ToString() => Path;

    private static bool Overlap(string one, string other) => IsWithin(one, other) || IsWithin(other, one);

    private static bool IsWithin(string path, string folder) =>
        path == folder || path.StartsWith(folder.EndsWith('/') ? folder : $"{folder}/", StringComparison.Ordinal);
}
