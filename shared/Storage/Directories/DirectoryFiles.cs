using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Storage.Directories;

/// <summary>The store's own files and folders, below <see cref="StoreKey.Own"/>, and the store's folder itself. Only their owner can read
/// them.</summary>
[SupportedOSPlatform("linux")]
internal sealed class DirectoryFiles(string root)
{
    private const string Uploads = "uploads";
    private const string Lock = "lock";

    private static readonly string OwnName = StoreKey.Own.TrimEnd('/');

    /// <summary>Opens the folder for objects that are not complete, which is made where it is absent.</summary>
    public OpenFolder OpenUploads()
    {
        using var own = OpenOwn();
        return MakeFolder(own, Uploads);
    }

    /// <summary>Opens the file that is locked, which is made where it is absent.</summary>
    public SafeFileHandle OpenLock()
    {
        using var own = OpenOwn();
        return own.TryOpenOrCreateFile(Lock) ?? throw Blocked(own, Lock, "file");
    }

    /// <summary>Opens the store's folder, which is made where it is absent.</summary>
    public OpenFolder OpenRoot()
    {
        MakeRoot(root);
        return OpenFolder.TryOpen(root, "") ?? throw new IOException("the folder was removed");
    }

    /// <summary>The name of an upload, which no one else has.</summary>
    public static string NewUploadName() => Guid.NewGuid().ToString("N");

    /// <summary>Whether an entry of the uploads may be one: a file of another name is not ours to delete.</summary>
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

    /// <summary>Makes a folder and those above it: the path is the user's, and what is a link in it stays one. A folder outlives a power
    /// cut only when the one above it is flushed.</summary>
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
