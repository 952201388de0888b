using System.Collections;
using System.Reflection;
using Mirror.Functions.Commands;
using Mirror.Functions.Configurations;
using Mirror.Functions.Pings;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>The composition root: what the environment and a configuration make
/// of the libraries. The only place that reads either.</summary>
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
            // Before it is used: a child process must not get it under another name.
            Secrets.Register(value);
        }
        Remotes = new RemoteSettings
        {
            Http = _http,
            FindCredential = credentials.FindAsync,
            SshCommand = SshCommand(),
            SecretVariables = variables,
            HoldsSecret = Secrets.HoldsSecret,
            // Each run ends at its own deadline, and counting must not end sooner.
            Preparation = LongestDeadline(configuration),
            Agent = $"git/mirror-{Version}",
        };
        Pings = new Pinger(Remotes, Secrets);
    }

    /// <summary>What the configuration file says; null where the command line says it all.</summary>
    public MirrorConfiguration? Configuration { get; }

    /// <summary>When the configuration began to be read, or was last seen to be unchanged.</summary>
    public DateTimeOffset ReadAt { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>The process's own, and not this composition's: what was a secret once stays one, and the last
    /// words of a run are said when its composition is gone.</summary>
    public SecretReader Secrets { get; }

    public RemoteSettings Remotes { get; }

    /// <summary>Tells who waits to hear from a mirror.</summary>
    public Pinger Pings { get; }

    /// <summary>A run of a mirror, without what is to be done: who is told of it, and how long it may take.</summary>
    public MirrorJob Plan(string mirror, params string[] hosts) =>
        new(mirror, hosts, (_, _) => throw new InvalidOperationException($"{mirror}: nothing was planned"))
        {
            Ping = Configuration?.PingOf(mirror),
            Deadline = new RunDeadline(Configuration?.DeadlineOf(mirror) ?? MirrorDefaults.BuiltIn.Deadline, Remotes.Time),
        };

    /// <summary>The keys that the configuration names.</summary>
    public KeyRing Keys => new(Configuration!, Secrets);

    /// <summary>The transfer bucket.</summary>
    public ObjectStore OpenBucket() => Open(Configuration!.Store, ConfigurationNeeds.Store);

    /// <summary>The ledgers' own place.</summary>
    public ObjectStore OpenState() => Open(Configuration!.State, ConfigurationNeeds.State);

    /// <summary>The process's secrets, which know at once the passwords that its variables and its command line hold: what is wrong
    /// with either may be printed before anybody reads it.</summary>
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

    /// <summary>The configuration that the options name: a file, or the URL of an object, <c>az://</c> or <c>s3://</c>.</summary>
    /// <param name="needs">What must be said in it.</param>
    public static Task<Composition> OpenAsync(RunOptions options, ConfigurationNeeds needs, CancellationToken cancellation)
    {
        var place = ObjectPlace.TryParse(options.Configuration, Environment.CurrentDirectory, options.Secrets);
        return OpenAsync(
            place is null ? new FilePlace(options.Configuration, needs) : place.With(needs), needs, options.Secrets, cancellation);
    }

    public static Task<Composition> OpenAsync(IConfigurationPlace place, SecretReader secrets, CancellationToken cancellation) =>
        OpenAsync(place, ConfigurationNeeds.None, secrets, cancellation);

    /// <param name="needs">Which keys are read too where something is wrong, so that all that is wrong is said at once.</param>
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

    /// <summary>Ours first, then as git has it: a command line, or the path of a program.</summary>
    private static string SshCommand() =>
        NonEmpty("MIRROR_SSH") ?? NonEmpty("GIT_SSH_COMMAND")
        ?? (NonEmpty("GIT_SSH") is { } program ? $"'{program.Replace("'", "'\\''", StringComparison.Ordinal)}'" : "ssh");

    private static TimeSpan LongestDeadline(MirrorConfiguration? configuration) =>
        (configuration?.Mirrors ?? []).Select(mirror => mirror.Deadline)
            .Append((configuration?.Defaults ?? MirrorDefaults.BuiltIn).Deadline).Max();

    /// <summary>What is named by the configuration, or by another variable, such as MIRROR_WEBHOOK_SECRET=env:NAME.</summary>
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
