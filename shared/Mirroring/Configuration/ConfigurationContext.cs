namespace Mirror.Mirroring;

/// <summary>What a configuration is read with.</summary>
/// <param name="Name">What errors call it.</param>
/// <param name="Directory">What relative paths in it are relative to.</param>
public sealed record ConfigurationContext(string Name, string Directory)
{
    /// <summary>Where that comes from which the file does not say.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;

    /// <summary>What must be said.</summary>
    public ConfigurationNeeds Needs { get; init; }
}
