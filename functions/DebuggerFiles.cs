using System.Globalization;

namespace Mirror.Functions;

/// <summary>
/// The socket and the two pipes that the runtime makes for debuggers in the folder for temporary files. It takes them away when it ends;
/// a process that is killed leaves them there for good. No setting of a published program keeps the runtime from making them, only the
/// environment of its caller does (DOTNET_EnableDiagnostics=0), so they are taken away at the start. Who debugs sets that to 1.
/// </summary>
internal static class DebuggerFiles
{
    private const string Switch = "DOTNET_EnableDiagnostics";

    // proc_pid_stat(5): what stands behind the name in brackets begins with field 3, and the time of the start is field 22.
    private const int StartTime = 22 - 3;

    public static void Remove()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Switch) is not null)
        {
            return;
        }
        try
        {
            var stat = File.ReadAllText("/proc/self/stat");
            var started = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[StartTime];
            var process = string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{started}");
            var folder = Path.GetTempPath();
            File.Delete(Path.Combine(folder, $"dotnet-diagnostic-{process}-socket"));
            File.Delete(Path.Combine(folder, $"clr-debug-pipe-{process}-in"));
            File.Delete(Path.Combine(folder, $"clr-debug-pipe-{process}-out"));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Where there is no /proc, or the folder is not ours to change, they stay.
        }
    }
}
