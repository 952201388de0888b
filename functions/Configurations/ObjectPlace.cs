using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Configurations;

/// <summary>An object of a store, reached as who this machine is, or as the variables say that the vendors' own tools read.</summary>
internal sealed class ObjectPlace : IConfigurationPlace
{
    private readonly ObjectStore _store;
    private readonly string _key;
    private readonly string _directory;

    private ObjectPlace(StoreLocation location, string key, string directory)
    {
        _store = new StoreAccess([], Workplace.Secrets, TimeProvider.System).Open(location);
        (_key, _directory) = (key, directory);
        Name = $"{location}/{key}";
    }

    public string Name { get; }

    /// <summary>A request of every other call would cost more than it tells.</summary>
    public TimeSpan Life { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Null for what is not the URL of a store; <see cref="UsageException"/> for one that is wrong.</summary>
    /// <param name="directory">What relative paths in the configuration are relative to.</param>
    public static ObjectPlace? TryParse(string text, string directory)
    {
        if (!text.StartsWith("az://", StringComparison.Ordinal) && !text.StartsWith("s3://", StringComparison.Ordinal))
        {
            return null;
        }
        try
        {
            var (location, key) = StoreLocation.ParseObject(text);
            return new ObjectPlace(location, key, directory);
        }
        catch (FormatException wrong)
        {
            // Which does not quote: there may be a token in it.
            throw new UsageException($"the URL of the configuration: {wrong.Message}", wrong);
        }
    }

    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        (await _store.TryStatAsync(_key, cancellation) ?? throw NotThere(inner: null)).ETag;

    public async Task<MirrorConfiguration> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            var content = await _store.ReadAsync(_key, ConfigurationFile.MaxSize, cancellation);
            return ConfigurationFile.Parse(content.Bytes.Span, Name, _directory, Environment.GetEnvironmentVariable);
        }
        catch (StorageException gone) when (gone.Failure == StorageFailure.NotFound)
        {
            throw NotThere(gone);
        }
        catch (StorageException wrong) when (wrong.Failure == StorageFailure.Invalid)
        {
            throw new UsageException($"{Name}: {wrong.Message}", wrong);
        }
    }

    private UsageException NotThere(Exception? inner) => new($"{Name}: there is no such object", inner);
}
