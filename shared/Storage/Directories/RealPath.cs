namespace Mirror.Storage.Directories;

/// <summary>Resolves the symbolic links in a path.</summary>
internal static class RealPath
{
    // The limit of Linux, path_resolution(7).
    private const int MaxLinks = 40;

    /// <summary>The real path. Missing parts are kept, since they have no links.
    /// A path whose links form a circle is returned unchanged.</summary>
    public static string Of(string path)
    {
        var left = new Stack<string>(Parts(path).Reverse());
        var real = "/";
        for (var links = 0; left.TryPop(out var part);)
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }
            var next = Path.Combine(real, part);
            if (TargetOf(next) is not { } target)
            {
                real = next;
                continue;
            }
            if (++links > MaxLinks)
            {
                return path;
            }
            real = Path.IsPathRooted(target) ? "/" : real;
            foreach (var each in Parts(target).Reverse())
            {
                left.Push(each);
            }
        }
        return real;
    }

    private static IEnumerable<string> Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".");

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
