namespace Mirror.Mirroring;

/// <summary>The context in which a configuration is read.</summary>
/// <param name="Name">The configuration's name in errors.</param>
/// <param name="Directory">The directory for relative paths.</param>
public sealed record ConfigurationContext(string Name, string Directory)
{
    /// <summary>The environment, for values that the file does not have.</summary>
    public Func<string, string?> Environment { get; init; } = _ => null;

    /// <summary>The keys that the file or the environment must have.</summary>
    public ConfigurationNeeds Needs { get; init; }
}
