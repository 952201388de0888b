using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.Versioning;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Mirror.Storage.Directories;

/// <summary>
/// A folder of a store, held open. Whatever is done in it names one thing in it and follows no link, so that nothing which others
/// put there, at any moment, leads out of the store. Only the store's own path may be or hold a link: the user has named it.
/// </summary>
[SupportedOSPlatform("linux")]
internal sealed class OpenFolder : IDisposable
{
    // As much as glibc's readdir takes at once.
    private const int EntriesSize = 32 * 1024;

    // struct linux_dirent64: inode, offset, size of the entry, kind, and the name with a zero at its end.
    private const int EntrySizeAt = 16;
    private const int EntryKindAt = 18;
    private const int EntryNameAt = 19;

    private readonly SafeFileHandle _handle;

    private OpenFolder(SafeFileHandle handle) => _handle = handle;

    /// <summary>Opens a folder below a store's root, or gives null where it is absent or something else has its name.</summary>
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

    /// <summary>Opens a folder, which is made where it is absent, or gives null where something else has its name.</summary>
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

    /// <summary>Opens what is a file and nothing else, or gives null. It is looked at before, since to open a device may do something, and
    /// after, since it may be another one by then.</summary>
    public (SafeFileHandle Handle, FileStatus Status)? TryOpenFile(string name) =>
        TryStat(name)?.Kind == FileKind.File ? OnlyFile(LinuxFiles.TryOpenToRead(_handle, name)) : null;

    public SafeFileHandle CreateFile(string name) => LinuxFiles.CreateFile(_handle, Checked(name));

    /// <summary>Opens a file to write, which is made where it is absent, or gives null where something else has its name.</summary>
    public SafeFileHandle? TryOpenOrCreateFile(string name) =>
        TryStat(name)?.Kind is FileKind.File or null ? OnlyFile(LinuxFiles.TryOpenOrCreate(_handle, name))?.Handle : null;

    public FileStatus? TryStat(string name) => LinuxFiles.TryStat(_handle, Checked(name));

    public bool TryRemoveFile(string name) => LinuxFiles.TryRemoveFile(_handle, Checked(name));

    public bool TryRemoveEmptyFolder(string name) => LinuxFiles.TryRemoveFolder(_handle, Checked(name));

    public void Move(string name, OpenFolder to, string newName) =>
        LinuxFiles.Move(_handle, Checked(name), to._handle, Checked(newName));

    /// <summary>Makes what was made, renamed and removed in it survive a power cut (fsync(2)).</summary>
    public void Flush()
    {
        SafeFileHandle content;
        try
        {
            content = LinuxFiles.OpenContent(_handle);
        }
        catch (IOException)
        {
            // A folder that we may write to but not read cannot be opened, and is not flushed.
            return;
        }
        using (content)
        {
            RandomAccess.FlushToDisk(content);
        }
    }

    /// <summary>The names in it, in the order of the file system, without <c>.</c> and <c>..</c>. What is no text has the replacement
    /// character.</summary>
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

    // Some file systems do not say it (DT_UNKNOWN).
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

    /// <summary>One name, which leads no further than into this folder. Every name comes from a key or from us: this is a last look.
    /// </summary>
    private static string Checked(string name) =>
        name is "" or "." or ".." || name.AsSpan().ContainsAny('/', '\0')
            ? throw new ArgumentException("no name of a file in a folder", nameof(name))
            : name;
}

/// <param name="Kind">Null where the file system does not say it by the way.</param>
internal readonly record struct FolderEntry(string Name, FileKind? Kind);
