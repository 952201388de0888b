using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Storage.Directories;

/// <summary>The store's folder, and the store's own files and folders below <see cref="StoreKey.Own"/>. Only their owner can read
/// them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectoryFiles(string root)
{
    private const string Uploads = "uploads";
    private const string Lock = "lock";

    private static readonly string OwnName = StoreKey.Own.TrimEnd('/');

    /// <summary>Opens the folder for incomplete objects, and creates it if necessary.</summary>
    public OpenFolder OpenUploads()
    {
        using var own = OpenOwn();
        return MakeFolder(own, Uploads);
    }

    /// <summary>Opens the lock file, and creates it if necessary.</summary>
    public SafeFileHandle OpenLock()
    {
        using var own = OpenOwn();
        return own.TryOpenOrCreateFile(Lock) ?? throw Blocked(own, Lock, "file");
    }

    /// <summary>Opens the store's folder, and creates it if necessary.</summary>
    public OpenFolder OpenRoot()
    {
        MakeRoot(root);
        return OpenFolder.TryOpen(root, "") ?? throw new IOException("the folder was removed");
    }

    /// <summary>A new, unique name for an upload.</summary>
    public static string NewUploadName() => Guid.NewGuid().ToString("N");

    /// <summary>Whether an entry may be an upload. A file with any other name is not ours, and must not be deleted.</summary>
    public static bool IsUpload(FolderEntry entry) =>
        entry.Kind is FileKind.File or null && entry.Name.Length == 32 && entry.Name.All(char.IsAsciiHexDigitLower);

    private OpenFolder OpenOwn()
    {
        using var folder = OpenRoot();
        return MakeFolder(folder, OwnName);
    }

    private static OpenFolder MakeFolder(OpenFolder above, string name) =>
        above.TryMakeFolder(name) ?? throw Blocked(above, name, "folder");

    private static InvalidDataException Blocked(OpenFolder folder, string name, string wanted)
    {
        var what = folder.TryStat(name)?.Kind == FileKind.Link
            ? "is a symbolic link, and a store follows none"
            : $"is no {wanted}";
        return new InvalidDataException($"'{name}' {what}: remove it, and a {wanted} is made in its place");
    }

    /// <summary>Creates a folder and those above it. The user chose the path, so symbolic links in it are kept. The folder above is
    /// flushed, since otherwise a new folder would not survive a power failure.</summary>
    private static void MakeRoot(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }
        var parent = Path.GetDirectoryName(path)!;
        MakeRoot(parent);
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var above = OpenFolder.TryOpen(parent, "");
        above?.Flush();
    }
}
