using System.Text;
using Mirror.Mirroring;

namespace Mirror.Functions.Configurations;

/// <summary>The text of a setting. Whoever changes it starts the program anew.</summary>
/// <param name="directory">What relative paths are relative to.</param>
internal sealed class SettingPlace(string name, string text, string directory) : IConfigurationPlace
{
    public string Name => name;

    public TimeSpan Life => Timeout.InfiniteTimeSpan;

    public Task<string> VersionAsync(CancellationToken cancellation) => Task.FromResult("");

    public Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation) =>
        Task.FromResult(ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), name, directory, secrets.ReadVariable));
}
