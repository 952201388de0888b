using Mirror.Mirroring;

namespace Mirror.Functions.Configurations;

/// <summary>Where the configuration is: a file, an object of a store, or a setting.</summary>
internal interface IConfigurationPlace
{
    /// <summary>As messages call it.</summary>
    string Name { get; }

    /// <summary>For how long nobody looks whether it has changed.</summary>
    TimeSpan Life { get; }

    /// <summary>Something that is another when the configuration is.</summary>
    Task<string> VersionAsync(CancellationToken cancellation);

    /// <param name="secrets">Whose variables say what the configuration does not.</param>
    Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation);
}
