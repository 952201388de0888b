namespace Mirror.Mirroring;

/// <summary>The keys that a command needs from the file or the environment.</summary>
[Flags]
public enum ConfigurationNeeds
{
    None = 0,
    Store = 1,
    State = 2,
    Recipients = 4,
    SigningKey = 8,
    Identities = 16,
    Trusted = 32,

    Produce = Store | State | Recipients | SigningKey,
    Consume = Store | State | Identities | Trusted,
    Read = Store | Identities | Trusted,
}

/// <summary>One needed key, with its error message. All code that looks for missing keys uses this list.</summary>
/// <param name="Section">The mapping that has the key; empty for the top level.</param>
public sealed record ConfigurationNeed(ConfigurationNeeds Need, string Section, string Key, string What)
{
    private const string HowToBegin = "mirror keygen makes keys, and prints what to write";

    public static readonly IReadOnlyList<ConfigurationNeed> All =
    [
        new(ConfigurationNeeds.Store, "", "store", "say where the bucket is, such as store: ./bucket")
        { IsMissing = configuration => configuration.Store is null },
        new(ConfigurationNeeds.State, "", "state", "say where the ledgers are kept, such as state: ./state")
        { IsMissing = configuration => configuration.State is null },
        new(ConfigurationNeeds.Recipients, "age", "recipients", $"for whom to encrypt; {HowToBegin}")
        { IsMissing = configuration => configuration.Age.Recipients.Count == 0 },
        new(ConfigurationNeeds.SigningKey, "signing", "key", $"what to sign heads with, or signing: {{ unsigned: allow }}; {HowToBegin}")
        { IsMissing = configuration => configuration.Signing is { Key: null, AllowUnsigned: false } },
        new(ConfigurationNeeds.Identities, "age", "identities", $"who decrypts; {HowToBegin}")
        { IsMissing = configuration => configuration.Age.Identities.Count == 0 },
        new(ConfigurationNeeds.Trusted, "signing", "trusted", $"whose heads to believe, or signing: {{ unsigned: allow }}; {HowToBegin}")
        { IsMissing = configuration => configuration.Signing is { Trusted.Count: 0, AllowUnsigned: false } },
    ];

    public required Func<MirrorConfiguration, bool> IsMissing { get; init; }

    public static ConfigurationNeed Of(ConfigurationNeeds need) => All.Single(each => each.Need == need);

    /// <summary>The keys that a configuration lacks.</summary>
    public static IEnumerable<ConfigurationNeed> MissingIn(MirrorConfiguration configuration, ConfigurationNeeds needs) =>
        All.Where(each => needs.HasFlag(each.Need) && each.IsMissing(configuration));

    public string Name => Section.Length > 0 ? $"{Section}.{Key}" : Key;

    public string MissingText => $"'{Name}' is missing: {What}";

    /// <summary>The environment variable that replaces it.</summary>
    public string Variable => $"MIRROR_{Name.Replace('.', '_').ToUpperInvariant()}";
}
