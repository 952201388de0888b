using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Storage.Directories;

/// <summary>
/// System calls that .NET does not offer. They address a file by an open folder and one name in it, so that a symbolic link cannot
/// redirect them, even between two calls. A failure is an IOException with errno as its HResult, like .NET's own.
/// </summary>
[SupportedOSPlatform("linux")]
internal static partial class LinuxFiles
{
    public const int NotFound = 2; // ENOENT
    public const int NoDevice = 6; // ENXIO: a socket, or a device that is not there
    public const int Busy = 11; // EWOULDBLOCK
    public const int Exists = 17; // EEXIST
    public const int NotDirectory = 20; // ENOTDIR
    public const int IsDirectory = 21; // EISDIR
    public const int IsLink = 40; // ELOOP
    private const int Interrupted = 4; // EINTR

    // The values are the same on x64 and arm64 ("include/uapi/asm-generic/fcntl.h").
    private const int ReadWrite = 0x2;
    private const int Create = 0x40;
    private const int Exclusive = 0x80;
    private const int NoTerminal = 0x100;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int PathOnly = 0x200000;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;
    private static readonly int MustBeDirectory = IsArm ? 0x4000 : 0x10000;
    private static readonly int NoFollow = IsArm ? 0x8000 : 0x20000;
    private static readonly nint ReadEntriesCall = IsArm ? 61 : 217; // getdents64

    private const int RemoveDirectory = 0x200;
    private const int StatNoFollow = 0x100;
    private const int StatHandle = 0x1000;
    private const uint StatTypeTimeAndSize = 0x1 | 0x40 | 0x200;
    private const int LockExclusiveNow = 2 | 4;

    private const int OwnerMayReadAndWrite = 0x180; // 0600
    private const int OwnerMayDoAll = 0x1c0; // 0700

    public static bool IsSupported =>
        OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;

    /// <summary>Opens a folder by any path, following links. It works without permission to list the folder.</summary>
    public static SafeFileHandle? TryOpenFolder(string path) =>
        TryOpen(() => Open(path, PathOnly | MustBeDirectory | CloseOnExec), path, NotFound, NotDirectory);

    public static SafeFileHandle? TryOpenFolder(SafeFileHandle folder, string name) =>
        TryOpen(() => OpenAt(folder, name, PathOnly | MustBeDirectory | NoFollow | CloseOnExec, mode: 0),
            name, NotFound, NotDirectory, IsLink);

    /// <summary>Opens a folder again, to read its entries or to flush it.</summary>
    public static SafeFileHandle OpenContent(SafeFileHandle folder) =>
        TryOpen(() => OpenAt(folder, ".", MustBeDirectory | CloseOnExec, mode: 0), ".")!;

    /// <summary>Opens an entry without blocking on a FIFO. The caller checks whether it is a file.</summary>
    public static SafeFileHandle? TryOpenToRead(SafeFileHandle folder, string name) =>
        TryOpen(() => OpenAt(folder, name, NonBlocking | NoTerminal | NoFollow | CloseOnExec, mode: 0),
            name, NotFound, NotDirectory, IsLink, NoDevice);

    public static SafeFileHandle CreateFile(SafeFileHandle folder, string name) =>
        TryOpen(() => OpenAt(folder, name, ReadWrite | Create | Exclusive | NoFollow | CloseOnExec, OwnerMayReadAndWrite), name)!;

    /// <summary>Null if the name is a link, a folder or a socket.</summary>
    public static SafeFileHandle? TryOpenOrCreate(SafeFileHandle folder, string name) =>
        TryOpen(() => OpenAt(
            folder, name, ReadWrite | Create | NonBlocking | NoTerminal | NoFollow | CloseOnExec, OwnerMayReadAndWrite),
            name, IsLink, IsDirectory, NoDevice);

    /// <summary>False if the name exists.</summary>
    public static bool TryMakeFolder(SafeFileHandle folder, string name) =>
        IsDone(MakeAt(folder, name, OwnerMayDoAll), name, Exists);

    public static bool TryRemoveFile(SafeFileHandle folder, string name) => IsDone(UnlinkAt(folder, name, 0), name, NotFound);

    /// <summary>False if it is not empty, not a folder, or may not be removed.</summary>
    public static bool TryRemoveFolder(SafeFileHandle folder, string name) => UnlinkAt(folder, name, RemoveDirectory) == 0;

    public static void Move(SafeFileHandle from, string name, SafeFileHandle to, string newName) =>
        IsDone(RenameAt(from, name, to, newName), newName);

    /// <summary>False while the lock is held elsewhere. flock(2) frees it when the last handle is closed.</summary>
    public static bool TryLock(SafeFileHandle file) => IsDone(Lock(file, LockExclusiveNow), "lock", Busy);

    /// <summary>The status of a link is that of the link itself.</summary>
    public static FileStatus? TryStat(SafeFileHandle folder, string name) =>
        IsDone(StatX(folder, name, StatNoFollow, StatTypeTimeAndSize, out var status), name, NotFound, NotDirectory) ? status : null;

    public static FileStatus Stat(SafeFileHandle file)
    {
        IsDone(StatX(file, "", StatHandle, StatTypeTimeAndSize, out var status), "file");
        return status;
    }

    /// <summary>Fills a buffer with entries (getdents64(2)); 0 if there are no more.</summary>
    public static int ReadEntries(SafeFileHandle content, Span<byte> buffer)
    {
        var size = ReadEntries(ReadEntriesCall, content, buffer, buffer.Length);
        // A folder that was removed while it was open has no entries.
        return IsDone((int)size, ".", NotFound) ? (int)size : 0;
    }

    private static SafeFileHandle? TryOpen(Func<SafeFileHandle> open, string name, params ReadOnlySpan<int> expected)
    {
        while (true)
        {
            var handle = open();
            var error = Marshal.GetLastPInvokeError();
            if (!handle.IsInvalid)
            {
                return handle;
            }
            handle.Dispose();
            if (error == Interrupted)
            {
                continue;
            }
            return expected.Contains(error) ? null : throw Failure(error, name);
        }
    }

    private static bool IsDone(int result, string name, params ReadOnlySpan<int> expected)
    {
        var error = Marshal.GetLastPInvokeError();
        return result >= 0 || (expected.Contains(error) ? false : throw Failure(error, name));
    }

    private static IOException Failure(int error, string name) =>
        new($"{StoreKey.Quote(name)}: {Marshal.GetPInvokeErrorMessage(error)}", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial SafeFileHandle OpenAt(SafeFileHandle folder, string name, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MakeAt(SafeFileHandle folder, string name, int mode);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkAt(SafeFileHandle folder, string name, int flags);

    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenameAt(SafeFileHandle from, string name, SafeFileHandle to, string newName);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Lock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int StatX(SafeFileHandle folder, string name, int flags, uint mask, out FileStatus status);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint ReadEntries(nint call, SafeFileHandle folder, Span<byte> buffer, nint size);
}
