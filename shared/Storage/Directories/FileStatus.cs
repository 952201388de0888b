using System.Runtime.InteropServices;

namespace Mirror.Storage.Directories;

internal enum FileKind
{
    /// <summary>A FIFO, a socket, a device.</summary>
    Other,
    File,
    Folder,
    Link,
}

/// <summary>What the system says of a file: the fields of <c>struct statx</c> that are used. It is the same on all processors.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatus
{
    private const ushort KindMask = 0xf000;

    [FieldOffset(28)]
    private readonly ushort _mode;

    [FieldOffset(40)]
    private readonly long _size;

    [FieldOffset(112)]
    private readonly long _seconds;

    [FieldOffset(120)]
    private readonly uint _nanoseconds;

    public FileKind Kind => (_mode & KindMask) switch
    {
        0x8000 => FileKind.File,
        0x4000 => FileKind.Folder,
        0xa000 => FileKind.Link,
        _ => FileKind.Other,
    };

    public long Size => _size;

    /// <summary>As .NET has it, in steps of 100 ns.</summary>
    public DateTime Modified =>
        DateTimeOffset.FromUnixTimeSeconds(_seconds).UtcDateTime.AddTicks(_nanoseconds / TimeSpan.NanosecondsPerTick);
}
