using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Mirror.Storage.Directories;

/// <summary>
/// The path of a key in a directory. A name that is longer than file systems allow is split: every part except the last becomes a folder
/// whose name ends in '~'. No name in a key ends in '~', so removing every "~/" gives the key.
/// </summary>
internal static class SplitName
{
    // File systems allow 255 bytes; some that encrypt, or work over a network, allow a little less.
    private const int MaxPartSize = 200;

    // A character of UTF-8 has up to four bytes, and one more dot may move to the rest, so that the rest is not "." or "..".
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
        // Counts how many whole characters fit, so that none is split.
        while (Utf8.FromUtf16(name, part, out var count, out _) == OperationStatus.DestinationTooSmall)
        {
            count -= SizeBeforeDots(name, count);
            path.Append(name[..count]).Append("~/");
            name = name[count..];
        }
        path.Append(name);
    }

    /// <summary>How many characters to split earlier, so that the rest is not "." or ".." and no surrogate pair is cut.</summary>
    private static int SizeBeforeDots(ReadOnlySpan<char> name, int count)
    {
        var size = 0;
        while (name[(count - size)..] is "." or ".." || char.IsLowSurrogate(name[count - size]))
        {
            size++;
        }
        return size;
    }

    /// <summary>Whether a folder with this name can be part of a key's path.</summary>
    public static bool IsFolder(string name) => name.EndsWith('~')
        ? Encoding.UTF8.GetByteCount(name) - 1 is >= MinSplitSize and <= MaxPartSize
        : StoreKey.Fault(name) is null && Encoding.UTF8.GetByteCount(name) <= MaxPartSize;

    /// <summary>The key of a path, or null if no key has this path: a file of others, or of the store itself.</summary>
    public static string? TryToKey(string path)
    {
        var key = path.Replace("~/", "", StringComparison.Ordinal);
        return StoreKey.Fault(key) is null && ToPath(key) == path ? key : null;
    }
}
