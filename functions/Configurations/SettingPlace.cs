using System.Text;
using Mirror.Mirroring;

namespace Mirror.Functions.Configurations;

/// <summary>The text of a setting. A change of the setting restarts the program.</summary>
/// <param name="directory">The directory for relative paths.</param>
internal sealed class SettingPlace(string name, string text, string directory) : IConfigurationPlace
{
    public string Name => name;

    public TimeSpan Life => Timeout.InfiniteTimeSpan;

    public Task<string> VersionAsync(CancellationToken cancellation) => Task.FromResult("");

    public Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation) =>
        Task.FromResult(ConfigurationFile.Parse(Encoding.UTF8.GetBytes(text), name, directory, secrets.ReadVariable));
}
