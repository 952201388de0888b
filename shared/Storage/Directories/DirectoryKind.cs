using Mirror.Storage.Drivers;

namespace Mirror.Storage.Directories;

/// <summary>A path. Permissions are those of the system, so there is no login.</summary>
internal sealed class DirectoryKind : StoreKind
{
    public static readonly DirectoryKind Instance = new();

    private DirectoryKind()
    {
    }

    public override string Scheme => "";

    public override string Form => "a directory";

    public static IStoreDriver Connect(string path, TimeProvider time) => OperatingSystem.IsLinux() && LinuxFiles.IsSupported
        ? new DirectoryDriver(path, time)
        : throw new StorageException(
            StorageFailure.Invalid, path, "open", "a store in a directory needs Linux on x64 or arm64: choose az:// or s3://");

    internal override StoreLocation Parse(string text, string directory) => new DirectoryLocation(Path.GetFullPath(text, directory));
}
