using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Configurations;

/// <summary>An object of a store.</summary>
/// <param name="directory">What relative paths in the configuration are relative to.</param>
internal sealed class ObjectPlace(ObjectStore store, string key, string directory) : IConfigurationPlace
{
    public string Name => $"{store.Name}/{key}";

    /// <summary>A request of every other call would cost more than it tells.</summary>
    public TimeSpan Life { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Reached as who this machine is, or as the variables say that the vendors' own tools read. Null for what is no URL, and so a
    /// file; <see cref="UsageException"/> for a wrong one, which is not quoted: there may be a token in it.</summary>
    public static ObjectPlace? TryParse(string text, string directory, SecretReader secrets)
    {
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            return null;
        }
        if (!StoreLocation.IsObject(text))
        {
            throw new UsageException($"the URL of the configuration: must be {StoreKinds.ObjectForms}, without a signature: who the "
                + $"machine is, or {string.Join(" or ", StoreKinds.LoginVariables)}, says who may read it");
        }
        try
        {
            var (location, key) = StoreLocation.ParseObject(text);
            return new ObjectPlace(new StoreAccess([], secrets, TimeProvider.System).Open(location), key, directory);
        }
        catch (FormatException wrong)
        {
            throw new UsageException($"the URL of the configuration: {wrong.Message}", wrong);
        }
    }

    private ConfigurationNeeds Needs { get; init; }

    /// <param name="needs">What must be said in it.</param>
    public IConfigurationPlace With(ConfigurationNeeds needs) => new ObjectPlace(store, key, directory) { Needs = needs };

    public async Task<string> VersionAsync(CancellationToken cancellation) =>
        (await store.TryStatAsync(key, cancellation) ?? throw NotThere(inner: null)).ETag;

    public async Task<MirrorConfiguration> ReadAsync(SecretReader secrets, CancellationToken cancellation)
    {
        try
        {
            var content = await store.ReadAsync(key, ConfigurationFile.MaxSize, cancellation);
            return ConfigurationFile.Parse(content.Bytes.Span,
                new ConfigurationContext(Name, directory) { Environment = secrets.ReadVariable, Needs = Needs });
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
