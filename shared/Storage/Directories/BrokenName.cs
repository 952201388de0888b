using System.Text;

namespace Mirror.Storage.Directories;

/// <summary>
/// Where a key lies in a directory. A name longer than file systems take is broken: every part but the last is a folder whose name
/// ends in '~'. No name in a key ends so, which makes the way back plain: every "~/" goes.
/// </summary>
internal static class BrokenName
{
    // File systems take 255 bytes, and some of those that encrypt or go over a network a little less.
    private const int MaxPartSize = 200;

    public static string ToPath(string key)
    {
        var path = new StringBuilder(key.Length);
        var size = 0;
        foreach (var rune in key.EnumerateRunes())
        {
            if (size + rune.Utf8SequenceLength > MaxPartSize && rune.Value != '/')
            {
                path.Append("~/");
                size = 0;
            }
            path.Append(rune.ToString());
            size = rune.Value == '/' ? 0 : size + rune.Utf8SequenceLength;
        }
        return path.ToString();
    }

    /// <summary>The key of what lies at a path, or null where no key would put it there: junk, or the store's own.</summary>
    public static string? TryToKey(string path)
    {
        var key = path.Replace("~/", "", StringComparison.Ordinal);
        return StoreKey.Fault(key) is null && ToPath(key) == path ? key : null;
    }
}
