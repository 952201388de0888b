using System.Globalization;

namespace Mirror.Functions;

/// <summary>
/// Removes the socket and the two pipes that the runtime creates for debuggers in the temporary folder. The runtime removes them at its
/// end, but a killed process leaves them there for good. No setting of a published program prevents them; only the environment does
/// (DOTNET_EnableDiagnostics=0). So they are removed at the start. To debug, set the variable to 1.
/// </summary>
internal static class DebuggerFiles
{
    private const string Switch = "DOTNET_EnableDiagnostics";

    // proc_pid_stat(5): the text after the name in brackets begins with field 3; the start time is field 22.
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
            // Without /proc, or without write permission for the folder, they stay.
        }
    }
}
