using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Storage.Directories;

/// <summary>Files and folders that only their owner can read, and that outlive a power cut.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class DirectoryFiles
{
    public static FileStreamOptions Private(FileMode mode, FileShare share) => new()
    {
        Mode = mode,
        Access = FileAccess.ReadWrite,
        Share = share,
        // Without a buffer, so that a write says at once whether the disk took it, and closing has nothing left to write.
        BufferSize = 0,
        UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
    };

    /// <summary>Makes a folder and those above it. A folder is safe only when the one above it is.</summary>
    public static void MakeFolder(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }
        var parent = Path.GetDirectoryName(path)!;
        MakeFolder(parent);
        Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FlushFolder(parent);
    }

    /// <summary>Makes a rename survive a power cut: fsync(2) wants the folder itself, which .NET does not open.</summary>
    public static void FlushFolder(string path)
    {
        // A folder that we may write to but not read cannot be opened, and is not flushed.
        using var folder = new SafeFileHandle(Open(path, flags: 0), ownsHandle: true);
        if (!folder.IsInvalid)
        {
            RandomAccess.FlushToDisk(folder);
        }
    }

    public static bool TryRemoveEmpty(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
