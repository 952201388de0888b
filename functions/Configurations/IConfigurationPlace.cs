using Mirror.Mirroring;

namespace Mirror.Functions.Configurations;

/// <summary>The place of the configuration: a file, an object of a store, or a setting.</summary>
internal interface IConfigurationPlace
{
    /// <summary>The place's name in messages.</summary>
    string Name { get; }

    /// <summary>How long the place is not checked for changes.</summary>
    TimeSpan Life { get; }

    /// <summary>A value that changes with the configuration.</summary>
    Task<string> VersionAsync(CancellationToken cancellation);

    /// <param name="secrets">Provides the variables for values that the configuration does not have.</param>
    Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation);
}
