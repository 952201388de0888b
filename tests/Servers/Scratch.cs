using System.Diagnostics;

namespace Mirror.Tests.Servers;

/// <summary>The folder of this test process, deleted after it has ended, however it ended.</summary>
public static class Scratch
{
    // The shell outlives the process by a moment: its stdin closes even when the process is killed. Servers stop at the
    // same time and may still write, so a failed delete is tried again.
    private const string DeleteAfterwards = """
        exec >/dev/null 2>&1
        read -r _
        for attempt in 1 2 3 4 5 6 7 8 9 10; do rm -rf -- "$1" && exit; sleep 0.5; done
        """;

    private static readonly Lazy<string> Created = new(Create);

    private static int s_last;

    // Held, so that the pipe stays open for as long as the process lives.
    private static Process? s_janitor;

    public static string Root => Created.Value;

    /// <summary>The bare repositories: what is in here, every server serves.</summary>
    public static string Repositories => Path.Combine(Root, "repositories");

    /// <summary>A new empty folder that other users can read, since Apache's workers are one.</summary>
    public static string NewFolder(string name = "folder") => MakeFolder(Path.Combine(Root, Unique(name)));

    internal static string Unique(string name) => $"{name}-{Interlocked.Increment(ref s_last)}";

    private static string Create()
    {
        var root = Directory.CreateTempSubdirectory("mirror-tests-").FullName;
        MakeFolder(root);
        MakeFolder(Path.Combine(root, "repositories"));
        MakeFolder(Path.Combine(root, "home"));
        var start = new ProcessStartInfo("setsid", ["sh", "-c", DeleteAfterwards, "sh", root]) { RedirectStandardInput = true };
        s_janitor = Process.Start(start);
        return root;
    }

    private static string MakeFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("the tests need real servers as Debian has them");
        }
        Directory.CreateDirectory(path);
        File.SetUnixFileMode(path, Everyone);
        return path;
    }

    private const UnixFileMode Everyone =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
}
