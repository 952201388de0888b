using System.Diagnostics;

namespace Mirror.Storage.Tests;

/// <summary>A test of permissions, which do not bind root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class UnprivilegedFactAttribute : FactAttribute
{
    public UnprivilegedFactAttribute() => Skip = Environment.IsPrivilegedProcess ? "root may do everything" : null;
}

/// <summary>A test that mounts a small file system.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    public MountFactAttribute() => Skip = Environment.IsPrivilegedProcess ? null : "only root may mount";
}

/// <summary>A test that makes a device, which root may do only where it has that capability: few containers give it.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class DeviceFactAttribute : FactAttribute
{
    private static readonly Lazy<bool> CanMake = new(TryMake);

    public DeviceFactAttribute() => Skip = CanMake.Value ? null : "this process may not make devices";

    private static bool TryMake()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var making = Process.Start(new ProcessStartInfo("mknod", [path, "c", "1", "5"]) { RedirectStandardError = true })!;
        making.WaitForExit();
        File.Delete(path);
        return making.ExitCode == 0;
    }
}
