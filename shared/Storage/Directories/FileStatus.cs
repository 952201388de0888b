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

/// <summary>The fields of <c>struct statx</c> that are used here. The layout is the same on all processors.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal readonly struct FileStatus
{
    private const ushort KindMask = 0xf000;

    private const long FirstSecond = -62_135_596_800; // 0001-01-01
    private const long LastSecond = 253_402_300_799; // 9999-12-31, 23:59:59

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

    /// <summary>The time in .NET's steps of 100 ns. A time before the year 1 or after 9999 becomes the first or last valid
    /// time.</summary>
    public DateTime Modified => _seconds switch
    {
        < FirstSecond => DateTime.MinValue,
        > LastSecond => DateTime.MaxValue,
        _ => DateTime.UnixEpoch.AddTicks(_seconds * TimeSpan.TicksPerSecond).AddTicks(_nanoseconds / TimeSpan.NanosecondsPerTick),
    };
}
