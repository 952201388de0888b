using System.Collections;
using System.Reflection;
using Mirror.Functions.Commands;
using Mirror.Functions.Configurations;
using Mirror.Functions.Pings;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>The composition root: builds the libraries' objects from the environment and a configuration.
/// No other code reads either.</summary>
internal sealed class Composition : IDisposable
{
    private readonly HttpAccess _http = new(NonEmpty("GIT_SSL_CAINFO"));
    private readonly StoreAccess _stores;

    private Composition(MirrorConfiguration? configuration, SecretReader secrets)
    {
        Configuration = configuration;
        Secrets = secrets;
        configuration?.Defaults.Ping?.RegisterWith(Secrets, string.Join('\n', configuration.Mirrors.Select(mirror => mirror.Name)));
        foreach (var mirror in (configuration?.Mirrors ?? []).Where(mirror => mirror.Ping != configuration!.Defaults.Ping))
        {
            mirror.Ping?.RegisterWith(Secrets, mirror.Name);
        }
        var credentials = new CredentialStore(configuration?.Credentials ?? [], NetrcPath(), Secrets);
        _stores = new StoreAccess(configuration?.Credentials ?? [], Secrets, TimeProvider.System);
        var variables = SecretVariables(configuration);
        foreach (var value in variables.Select(NonEmpty).OfType<string>())
        {
            // Registered before it is used, since a child process must not get it under another name.
            Secrets.Register(value);
        }
        Remotes = new RemoteSettings
        {
            Http = _http,
            FindCredential = credentials.FindAsync,
            SshCommand = SshCommand(),
            SecretVariables = variables,
            HoldsSecret = Secrets.HoldsSecret,
            // Each run ends at its own deadline, so the source may count objects for that long.
            Preparation = LongestDeadline(configuration),
            Agent = $"git/mirror-{Version}",
        };
        Pings = new Pinger(Remotes, Secrets);
    }

    /// <summary>The configuration; null if the command line replaces it.</summary>
    public MirrorConfiguration? Configuration { get; }

    /// <summary>When reading the configuration began, or when it was last found unchanged.</summary>
    public DateTimeOffset ReadAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>The process's secrets, shared by all compositions: a secret stays registered, since the last messages of a run are
    /// written after its composition is gone.</summary>
    public SecretReader Secrets { get; }

    public RemoteSettings Remotes { get; }

    /// <summary>Sends the pings of mirrors.</summary>
    public Pinger Pings { get; }

    /// <summary>A job of a mirror without its work: with its ping URL and deadline.</summary>
    public MirrorJob Plan(string mirror, params string[] hosts) =>
        new(mirror, hosts, (_, _) => throw new InvalidOperationException($"{mirror}: nothing was planned"))
        {
            Ping = Configuration?.PingOf(mirror),
            Deadline = new RunDeadline(Configuration?.DeadlineOf(mirror) ?? MirrorDefaults.BuiltIn.Deadline, Remotes.Time),
        };

    /// <summary>The keys that the configuration names.</summary>
    public KeyRing Keys => new(Configuration!, Secrets);

    /// <summary>Opens the transfer bucket.</summary>
    public ObjectStore OpenBucket() => Open(Configuration!.Store, ConfigurationNeeds.Store);

    /// <summary>Opens the state store, which has the ledgers.</summary>
    public ObjectStore OpenState() => Open(Configuration!.State, ConfigurationNeeds.State);

    /// <summary>The process's secrets. Passwords in the environment and on the command line are registered at once, since errors about
    /// either may be printed before they are read.</summary>
    public static SecretReader OpenSecrets(IEnumerable<string> arguments)
    {
        var secrets = new SecretReader(Environment.GetEnvironmentVariable);
        secrets.RegisterVariables(Variables());
        foreach (var argument in arguments)
        {
            secrets.RegisterUserInfo(argument);
            StoreAccess.RegisterParts(argument, secrets);
        }
        return secrets;
    }

    public static Composition WithoutConfiguration(SecretReader secrets) => new(configuration: null, secrets);

    /// <summary>Opens the configuration that the options name: a file, or the URL of an object, <c>az://</c> or <c>s3://</c>.</summary>
    /// <param name="needs">The keys that the configuration must have.</param>
    public static Task<Composition> OpenAsync(RunOptions options, ConfigurationNeeds needs, CancellationToken cancellation)
    {
        var place = ObjectPlace.TryParse(options.Configuration, Environment.CurrentDirectory, options.Secrets);
        return OpenAsync(
            place is null ? new FilePlace(options.Configuration, needs) : place.With(needs), needs, options.Secrets, cancellation);
    }

    public static Task<Composition> OpenAsync(IConfigurationPlace place, SecretReader secrets, CancellationToken cancellation) =>
        OpenAsync(place, ConfigurationNeeds.None, secrets, cancellation);

    /// <param name="needs">The keys that are checked even if there are other errors, so that all errors are reported at once.</param>
    private static async Task<Composition> OpenAsync(
        IConfigurationPlace place, ConfigurationNeeds needs, SecretReader secrets, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetUtcNow();
        try
        {
            return new Composition(await place.ReadAsync(secrets, cancellation), secrets) { ReadAt = began };
        }
        catch (ConfigurationException wrong)
        {
            var keys = wrong.Read is { } read ? await new KeyRing(read, secrets).FindMistakesAsync(needs, cancellation) : [];
            var all = new ConfigurationException([.. wrong.Errors, .. keys], wrong);
            throw new UsageException(all.Message, all);
        }
    }

    private ObjectStore Open(StoreLocation? location, ConfigurationNeeds need)
    {
        try
        {
            return location switch
            {
                null => throw new UsageException($"{Configuration!.File}: {ConfigurationNeed.Of(need).MissingText}"),
                _ => _stores.Open(location),
            };
        }
        catch (StorageException wrong)
        {
            throw new UsageException($"{Configuration!.File}: '{ConfigurationNeed.Of(need).Name}': {wrong.Message}", wrong);
        }
    }

    public static string Version =>
        typeof(Composition).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static string? NetrcPath() => NonEmpty("NETRC") ?? (NonEmpty("HOME") is { } home ? Path.Combine(home, ".netrc") : null);

    /// <summary>Our own variable first, then those of git: a command line, or the path of a program.</summary>
    private static string SshCommand() =>
        NonEmpty("MIRROR_SSH") ?? NonEmpty("GIT_SSH_COMMAND")
        ?? (NonEmpty("GIT_SSH") is { } program ? $"'{program.Replace("'", "'\\''", StringComparison.Ordinal)}'" : "ssh");

    private static TimeSpan LongestDeadline(MirrorConfiguration? configuration) =>
        (configuration?.Mirrors ?? []).Select(mirror => mirror.Deadline)
            .Append((configuration?.Defaults ?? MirrorDefaults.BuiltIn).Deadline).Max();

    /// <summary>The variables named by the configuration, or by another variable, such as MIRROR_WEBHOOK_SECRET=env:NAME.</summary>
    private static HashSet<string> SecretVariables(MirrorConfiguration? configuration) =>
    [
        .. (configuration?.References() ?? []).Where(reference => reference.Kind == SecretKind.Environment)
            .Select(reference => reference.Target),
        .. Variables().Where(variable => variable.Value.StartsWith("env:", StringComparison.Ordinal))
            .Select(variable => variable.Value["env:".Length..]),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(entry => KeyValuePair.Create((string)entry.Key, (string?)entry.Value ?? ""));

    private static string? NonEmpty(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : null;

    public void Dispose() => _http.Dispose();
}
