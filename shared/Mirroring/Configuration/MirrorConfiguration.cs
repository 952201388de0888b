using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>What a configuration file says, checked. What it does not say is null, empty or the default.</summary>
public sealed record MirrorConfiguration
{
    private readonly Dictionary<string, ConfiguredMirror> _byName = [];

    /// <summary>The file's path, as given.</summary>
    public required string File { get; init; }

    public StoreLocation? Store { get; init; }

    public StoreLocation? State { get; init; }

    public AgeKeys Age { get; init; } = AgeKeys.None;

    public SigningKeys Signing { get; init; } = SigningKeys.None;

    public BaseUrl? SourceBaseUrl { get; init; }

    public BaseUrl? DestinationBaseUrl { get; init; }

    public IReadOnlyList<CredentialRule> Credentials { get; init; } = [];

    public MirrorDefaults Defaults { get; init; } = MirrorDefaults.BuiltIn;

    public IReadOnlyList<ConfiguredMirror> Mirrors
    {
        get;
        init =>
            (field, _byName) = (value, value.DistinctBy(mirror => mirror.Name).ToDictionary(mirror => mirror.Name, StringComparer.Ordinal));
    } = [];

    /// <summary>Names that a consumer takes without their being listed; then <see cref="DestinationBaseUrl"/> is there.</summary>
    public IReadOnlyList<NamePattern> Accept { get; init; } = [];

    /// <summary>Every secret that it names.</summary>
    public IEnumerable<SecretReference> References() =>
        Age.Identities.Append(Signing.Key).Select(placed => placed?.Value)
            .Concat(Credentials.SelectMany(rule => rule.Login.References))
            .Concat(Mirrors.Select(mirror => mirror.Ping).Append(Defaults.Ping).Select(ping => ping?.Reference))
            .OfType<SecretReference>();

    /// <summary>The mirror of that name; null where none is listed.</summary>
    public ConfiguredMirror? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>How far behind a mirror may be, by its name: as it says itself, or
    /// the default, which holds for what is accepted too.</summary>
    public Func<string, TimeSpan> Objectives() => name => Find(name)?.Objective ?? Defaults.Objective;

    /// <summary>How long one run of a mirror may take, in the same way.</summary>
    public TimeSpan DeadlineOf(string mirror) => Find(mirror)?.Deadline ?? Defaults.Deadline;

    /// <summary>Who waits to hear from a mirror, in the same way.</summary>
    public PingUrl? PingOf(string mirror) => Find(mirror) is { } listed ? listed.Ping : Defaults.Ping;
}

/// <summary>What to do with a target that others changed.</summary>
public enum Diverged
{
    Overwrite,
    Refuse,
    Preserve,
}

/// <summary>What a run is that finds a head past its expiry.</summary>
public enum ExpiredHeads
{
    Hold,
    Warn,
}

public sealed record MirrorDefaults(RefMap Refs, bool Prune, Diverged Diverged)
{
    public static readonly MirrorDefaults BuiltIn = new(RefMap.Default, Prune: true, Diverged.Overwrite);

    public TimeSpan Objective { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan Deadline { get; init; } = TimeSpan.FromHours(6);

    public PingUrl? Ping { get; init; }

    public ExpiredHeads Expired { get; init; } = ExpiredHeads.Hold;

    /// <summary>The refs where the file says them: then they narrow what a consumer takes.</summary>
    public RefMap? OwnRefs => ReferenceEquals(Refs, RefMap.Default) ? null : Refs;

    /// <summary>To which hosts a remote may redirect.</summary>
    public RedirectPolicy Redirects { get; init; } = RedirectPolicy.SameHost;
}

public sealed record ConfiguredMirror(string Name, RemoteUrl Source, RemoteUrl Destination)
{
    public required RefMap Refs { get; init; }

    public required bool Prune { get; init; }

    public required Diverged Diverged { get; init; }

    /// <summary>How far behind it may be.</summary>
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;

    /// <summary>How long one run of it may take.</summary>
    public TimeSpan Deadline { get; init; } = MirrorDefaults.BuiltIn.Deadline;

    /// <summary>Who waits to hear from it.</summary>
    public PingUrl? Ping { get; init; }

    public ExpiredHeads Expired { get; init; } = ExpiredHeads.Hold;

    /// <summary>The refs where the file says them, here or as a default: then they narrow what a consumer takes.</summary>
    public RefMap? OwnRefs => ReferenceEquals(Refs, RefMap.Default) ? null : Refs;
}

public sealed record AgeKeys(IReadOnlyList<Placed<ConfiguredRecipient>> Recipients, IReadOnlyList<Placed<SecretReference>> Identities)
{
    public static readonly AgeKeys None = new([], []);
}

/// <summary>A recipient as it was written, <c>age1…</c>, or a file with one on each line. One of the two is null.</summary>
public sealed record ConfiguredRecipient(AgeRecipient? Key, string? File);

/// <summary>
/// The producer's private key, and the public keys whose heads a consumer believes, unless it was told to do without.
/// </summary>
public sealed record SigningKeys(Placed<SecretReference>? Key, IReadOnlyList<VerifyingKey> Trusted, bool AllowUnsigned)
{
    public static readonly SigningKeys None = new(null, [], AllowUnsigned: false);
}

/// <summary>Who to be at a URL and below it.</summary>
public sealed record CredentialRule(UrlPrefix Match, ConfiguredLogin Login)
{
    /// <summary>Of those that match, the one that says more.</summary>
    public static CredentialRule? Find(IEnumerable<CredentialRule> rules, Uri url) =>
        rules.Where(rule => rule.Match.Matches(url)).MaxBy(rule => rule.Match.PathSize);
}

/// <summary>How to log in: to a remote over http, or to a store.</summary>
public abstract record ConfiguredLogin
{
    private protected ConfiguredLogin()
    {
    }

    /// <summary>The secrets that it names; null for one that may be left out.</summary>
    internal abstract IEnumerable<SecretReference?> References { get; }
}

public sealed record UserPassword(string Username, SecretReference Password) : ConfiguredLogin
{
    internal override IEnumerable<SecretReference?> References => [Password];
}

/// <summary>For a store: the keys of one of the ways that its kind has.</summary>
/// <param name="Words">Values that are no secrets.</param>
public sealed record StoreLogin(
    IReadOnlyDictionary<LoginKey, SecretReference> Secrets, IReadOnlyDictionary<LoginKey, string> Words) : ConfiguredLogin
{
    internal override IEnumerable<SecretReference?> References => Secrets.Values;
}
