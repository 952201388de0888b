using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The checked contents of a configuration file. Missing values are null, empty or the default.</summary>
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

    /// <summary>Patterns of mirrors that a consumer accepts without a list entry.
    /// If there are any, <see cref="DestinationBaseUrl"/> is set.</summary>
    public IReadOnlyList<NamePattern> Accept { get; init; } = [];

    /// <summary>Every secret that the configuration names.</summary>
    public IEnumerable<SecretReference> References() =>
        Age.Identities.Append(Signing.Key).Select(placed => placed?.Value)
            .Concat(Credentials.SelectMany(rule => rule.Login.References))
            .Concat(Mirrors.Select(mirror => mirror.Ping).Append(Defaults.Ping).Select(ping => ping?.Reference))
            .OfType<SecretReference>();

    /// <summary>The mirror with this name; null if it is not listed.</summary>
    public ConfiguredMirror? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The objective of each mirror, by name: its own, or the default, which also applies to accepted mirrors.</summary>
    public Func<string, TimeSpan> Objectives() => name => Find(name)?.Objective ?? Defaults.Objective;

    /// <summary>The deadline of one run: the mirror's own, or the default.</summary>
    public TimeSpan DeadlineOf(string mirror) => Find(mirror)?.Deadline ?? Defaults.Deadline;

    /// <summary>The ping URL: the mirror's own, or the default.</summary>
    public PingUrl? PingOf(string mirror) => Find(mirror) is { } listed ? listed.Ping : Defaults.Ping;
}

/// <summary>What to do with a target that was changed by others.</summary>
public enum Diverged
{
    Overwrite,
    Refuse,
    Preserve,
}

/// <summary>The result of a run that finds an expired head.</summary>
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

    /// <summary>The refs, if the file sets them. Then they narrow what a consumer takes.</summary>
    public RefMap? OwnRefs => ReferenceEquals(Refs, RefMap.Default) ? null : Refs;

    /// <summary>The hosts that a remote may redirect to.</summary>
    public RedirectPolicy Redirects { get; init; } = RedirectPolicy.SameHost;
}

public sealed record ConfiguredMirror(string Name, RemoteUrl Source, RemoteUrl Destination)
{
    public required RefMap Refs { get; init; }

    public required bool Prune { get; init; }

    public required Diverged Diverged { get; init; }

    /// <summary>How far behind the mirror may be.</summary>
    public TimeSpan Objective { get; init; } = MirrorDefaults.BuiltIn.Objective;

    /// <summary>How long one run of the mirror may take.</summary>
    public TimeSpan Deadline { get; init; } = MirrorDefaults.BuiltIn.Deadline;

    /// <summary>The URL to ping after a run.</summary>
    public PingUrl? Ping { get; init; }

    public ExpiredHeads Expired { get; init; } = ExpiredHeads.Hold;

    /// <summary>The refs, if the file sets them for the mirror or as a default. Then they narrow what a consumer takes.</summary>
    public RefMap? OwnRefs => ReferenceEquals(Refs, RefMap.Default) ? null : Refs;
}

public sealed record AgeKeys(IReadOnlyList<Placed<ConfiguredRecipient>> Recipients, IReadOnlyList<Placed<SecretReference>> Identities)
{
    public static readonly AgeKeys None = new([], []);
}

/// <summary>A recipient as written, <c>age1…</c>, or a file with one per line. One of the two is null.</summary>
public sealed record ConfiguredRecipient(AgeRecipient? Key, string? File);

/// <summary>The producer's private key, and the public keys that a consumer trusts, unless unsigned heads are allowed.</summary>
public sealed record SigningKeys(Placed<SecretReference>? Key, IReadOnlyList<VerifyingKey> Trusted, bool AllowUnsigned)
{
    public static readonly SigningKeys None = new(null, [], AllowUnsigned: false);
}

/// <summary>The login for a URL and everything below it.</summary>
public sealed record CredentialRule(UrlPrefix Match, ConfiguredLogin Login)
{
    /// <summary>The matching rule with the longest path.</summary>
    public static CredentialRule? Find(IEnumerable<CredentialRule> rules, Uri url) =>
        rules.Where(rule => rule.Match.Matches(url)).MaxBy(rule => rule.Match.PathSize);
}

/// <summary>A login for a remote over http, or for a store.</summary>
public abstract record ConfiguredLogin
{
    private protected ConfiguredLogin()
    {
    }

    /// <summary>The secrets that it names; null for one that may be omitted.</summary>
    internal abstract IEnumerable<SecretReference?> References { get; }
}

public sealed record UserPassword(string Username, SecretReference Password) : ConfiguredLogin
{
    internal override IEnumerable<SecretReference?> References => [Password];
}

/// <summary>A login for a store: the keys of one of the ways that its kind has.</summary>
/// <param name="Words">Values that are not secret.</param>
public sealed record StoreLogin(
    IReadOnlyDictionary<LoginKey, SecretReference> Secrets, IReadOnlyDictionary<LoginKey, string> Words) : ConfiguredLogin
{
    internal override IEnumerable<SecretReference?> References => Secrets.Values;
}
