using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Mirror.Storage.Directories;

/// <summary>
/// Where a key lies in a directory. A name longer than file systems take is broken: every part but the last is a folder whose name
/// ends in '~'. No name in a key ends so, which makes the way back plain: every "~/" goes.
/// </summary>
internal static class SplitName
{
    // File systems take 255 bytes, and some of those that encrypt or go over a network a little less.
    private const int MaxPartSize = 200;

    // A character of UTF-8 has up to four bytes, and one more dot may go to the rest, which is not "." or "..".
    private const int MinSplitSize = MaxPartSize - 3 - 4 - 1;

    public static string ToPath(string key)
    {
        var path = new StringBuilder(key.Length);
        foreach (var range in key.AsSpan().Split('/'))
        {
            _ = path.Length == 0 ? path : path.Append('/');
            AppendName(path, key.AsSpan(range));
        }
        return path.ToString();
    }

    private static void AppendName(StringBuilder path, ReadOnlySpan<char> name)
    {
        Span<byte> part = stackalloc byte[MaxPartSize];
        // Tells how many whole characters fit: none is torn apart.
        while (Utf8.FromUtf16(name, part, out var count, out _) == OperationStatus.DestinationTooSmall)
        {
            count -= SizeBeforeDots(name, count);
            path.Append(name[..count]).Append("~/");
            name = name[count..];
        }
        path.Append(name);
    }

    /// <summary>How much earlier a name is broken, so that its rest is not the name of this folder or of the one above.</summary>
    private static int SizeBeforeDots(ReadOnlySpan<char> name, int count)
    {
        var size = 0;
        while (name[(count - size)..] is "." or ".." || char.IsLowSurrogate(name[count - size]))
        {
            size++;
        }
        return size;
    }

    /// <summary>Whether a key can lead through a folder of this name.</summary>
    public static bool IsFolder(string name) => name.EndsWith('~')
        ? Encoding.UTF8.GetByteCount(name) - 1 is >= MinSplitSize and <= MaxPartSize
        : StoreKey.Fault(name) is null && Encoding.UTF8.GetByteCount(name) <= MaxPartSize;

    /// <summary>The key of what lies at a path, or null where no key would put it there: junk, or the store's own.</summary>
    public static string? TryToKey(string path)
    {
        var key = path.Replace("~/", "", StringComparison.Ordinal);
        return StoreKey.Fault(key) is null && ToPath(key) == path ? key : null;
    }
}
