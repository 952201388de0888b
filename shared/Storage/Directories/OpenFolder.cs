using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Storage.Directories;

/// <summary>
/// A folder of a store, held open. Every operation names one entry and follows no link, so that links which others create, at any moment,
/// cannot lead out of the store. Only the store's own path may contain links, since the user chose it.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class OpenFolder : IDisposable
{
    // The buffer size of glibc's readdir.
    private const int EntriesSize = 32 * 1024;

    // struct linux_dirent64: inode, offset, size of the entry, kind, and the name with a zero at its end.
    private const int EntrySizeAt = 16;
    private const int EntryKindAt = 18;
    private const int EntryNameAt = 19;

    private readonly SafeFileHandle _handle;

    private OpenFolder(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens a folder below a store's root; null if it does not exist or is not a folder.</summary>
    /// <param name="path">Relative to the root, empty for the root itself.</param>
    public static OpenFolder? TryOpen(string root, string path)
    {
        var folder = LinuxFiles.TryOpenFolder(root) is { } handle ? new OpenFolder(handle) : null;
        foreach (var name in path.Length == 0 ? [] : path.Split('/'))
        {
            using var above = folder;
            folder = above?.TryOpenFolder(name);
        }
        return folder;
    }

    public OpenFolder? TryOpenFolder(string name) =>
        LinuxFiles.TryOpenFolder(_handle, Checked(name)) is { } handle ? new OpenFolder(handle) : null;

    /// <summary>Opens a folder, and creates it if necessary; null if the name is not a folder.</summary>
    public OpenFolder? TryMakeFolder(string name)
    {
        if (TryOpenFolder(name) is { } there)
        {
            return there;
        }
        if (LinuxFiles.TryMakeFolder(_handle, name))
        {
            Flush();
        }
        return TryOpenFolder(name);
    }

    /// <summary>Opens a regular file; null for anything else. The kind is checked before, since opening a device may have effects, and
    /// after, since the entry may have been replaced.</summary>
    public (SafeFileHandle Handle, FileStatus Status)? TryOpenFile(string name) =>
        TryStat(name)?.Kind == FileKind.File ? OnlyFile(LinuxFiles.TryOpenToRead(_handle, name)) : null;

    public SafeFileHandle CreateFile(string name) => LinuxFiles.CreateFile(_handle, Checked(name));

    /// <summary>Opens a file for writing, and creates it if necessary; null if the name is not a file.</summary>
    public SafeFileHandle? TryOpenOrCreateFile(string name) =>
        TryStat(name)?.Kind is FileKind.File or null ? OnlyFile(LinuxFiles.TryOpenOrCreate(_handle, name))?.Handle : null;

    public FileStatus? TryStat(string name) => LinuxFiles.TryStat(_handle, Checked(name));

    public bool TryRemoveFile(string name) => LinuxFiles.TryRemoveFile(_handle, Checked(name));

    public bool TryRemoveEmptyFolder(string name) => LinuxFiles.TryRemoveFolder(_handle, Checked(name));

    public void Move(string name, OpenFolder to, string newName) =>
        LinuxFiles.Move(_handle, Checked(name), to._handle, Checked(newName));

    /// <summary>Makes the changes to its entries survive a power failure (fsync(2)).</summary>
    public void Flush()
    {
        SafeFileHandle content;
        try
        {
            content = LinuxFiles.OpenContent(_handle);
        }
        catch (IOException)
        {
            // A folder with write but without read permission cannot be opened, and is not flushed.
            return;
        }
        using (content)
        {
            RandomAccess.FlushToDisk(content);
        }
    }

    /// <summary>The entries in the order of the file system, without <c>.</c> and <c>..</c>. A name that is not UTF-8 has the replacement
    /// character in it.</summary>
    public IEnumerable<FolderEntry> Read()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(EntriesSize);
        try
        {
            using var content = LinuxFiles.OpenContent(_handle);
            while (LinuxFiles.ReadEntries(content, buffer) is > 0 and var size)
            {
                for (var at = 0; at < size; at += BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(at + EntrySizeAt)))
                {
                    var name = NameAt(buffer.AsSpan(at + EntryNameAt));
                    if (name is not ("." or ".."))
                    {
                        yield return new FolderEntry(name, KindOf(buffer[at + EntryKindAt]));
                    }
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _handle.Dispose();

    private static string NameAt(ReadOnlySpan<byte> entry) => Encoding.UTF8.GetString(entry[..entry.IndexOf((byte)0)]);

    // Some file systems do not report the kind (DT_UNKNOWN).
    private static FileKind? KindOf(byte kind) => kind switch
    {
        0 => null,
        4 => FileKind.Folder,
        8 => FileKind.File,
        10 => FileKind.Link,
        _ => FileKind.Other,
    };

    private static (SafeFileHandle Handle, FileStatus Status)? OnlyFile(SafeFileHandle? handle)
    {
        if (handle is null)
        {
            return null;
        }
        var status = LinuxFiles.Stat(handle);
        if (status.Kind == FileKind.File)
        {
            return (handle, status);
        }
        handle.Dispose();
        return null;
    }

    /// <summary>Checks that a name stays inside this folder.
    /// Names come from valid keys or from this program, so this is a second line of defence.</summary>
    private static string Checked(string name) =>
        name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0')
            ? throw new ArgumentException("no name of a file in a folder", nameof(name))
            : name;
}

/// <param name="Kind">Null where the file system does not report it.</param>
internal readonly record struct FolderEntry(string Name, FileKind? Kind);
