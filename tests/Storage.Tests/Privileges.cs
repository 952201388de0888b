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
