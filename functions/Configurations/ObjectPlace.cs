using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Configurations;

/// <summary>An object of a store.</summary>
/// <param name="directory">The directory for relative paths in the configuration.</param>
internal sealed class ObjectPlace(ObjectStore store, string key, string directory) : IConfigurationPlace
{
    public string Name => $"{store.Name}/{key}";

    /// <summary>Not checked at each call, since a request for each would cost too much.</summary>
    public TimeSpan Life { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Opens it with the machine's identity, or with the login variables of the vendors' own tools. Null for a text that is not
    /// a URL, and so a file. <see cref="UsageException"/> for an invalid URL, which is not quoted,
    /// since it may contain a token.</summary>
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

    /// <param name="needs">The keys that the configuration must have.</param>
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
