using System.Globalization;
using Mirror.Mirroring;

namespace Mirror.Functions.Configurations;

/// <summary>A file. Each call checks whether it has changed.</summary>
internal sealed class FilePlace(string path, ConfigurationNeeds needs = ConfigurationNeeds.None) : IConfigurationPlace
{
    public string Name => path;

    public TimeSpan Life => TimeSpan.Zero;

    public Task<string> VersionAsync(CancellationToken cancellation) =>
        Task.FromResult(File.GetLastWriteTimeUtc(path).Ticks.ToString(CultureInfo.InvariantCulture));

    public Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation) =>
        ConfigurationFile.ReadAsync(path, secrets.ReadVariable, needs, cancellation);
}
