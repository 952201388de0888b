using System.Globalization;
using Azure.Storage.Queues;
using Mirror.Functions.Configurations;
using Mirror.Functions.Jobs;
using Mirror.Mirroring;

namespace Mirror.Functions.Serving;

/// <summary>The settings of the host and the app, read once at the start of the process.</summary>
internal sealed record Settings
{
    public const string HintSetting = "MIRROR_HINT_QUEUE";

    private const string WebhookSetting = "MIRROR_WEBHOOK_SECRET";

    // Enough for running work to notice the cancellation, and to record and send its result.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    // The separators in a setting's name. Not every system allows the first one in a variable.
    private static readonly string[] Dots = [".", "_", "__"];

    // About the maximum of a timer.
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(49);

    public required int Port { get; init; }

    /// <summary>The time limit of a call: less than the host's functionTimeout,
    /// at which the host kills the process with all its calls.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>The time limit for the steps after a run. It is less than the time that is left after the deadline.</summary>
    public TimeSpan AfterRunLimit => 0.8 * (Deadline == Timeout.InfiniteTimeSpan || Deadline > 3 * Margin ? Margin : Deadline / 3);

    public required Roles Roles { get; init; }

    /// <summary>Why no call can succeed until a setting is corrected; null if all are valid. The process keeps running to report this:
    /// the host restarts an ended process only three times, and then no message would be shown.</summary>
    public string? Problem { get; init; }

    /// <summary>The app's jobs that start from a source.</summary>
    public IEnumerable<JobKind> PlannedJobs =>
        new[] { (Role: Roles.Produce, Job: JobKind.Produce), (Role: Roles.Sync, Job: JobKind.Sync) }
            .Where(pair => Roles.HasFlag(pair.Role)).Select(pair => pair.Job);

    /// <summary>The place of the configuration: a file, relative to the app's folder, the URL of an object, or a text.</summary>
    public required IConfigurationPlace Configuration { get; init; }

    /// <summary>The app's name among others with the same state: that of the site, or else that of its storage account.</summary>
    public required string App { get; init; }

    /// <summary>How often the host delivers a message before it moves it to the poison queue.</summary>
    public required int MaxDequeueCount { get; init; }

    /// <summary>The account whose queues the host polls.</summary>
    public required Func<QueueMessageEncoding, QueueServiceClient> OpenQueues { get; init; }

    /// <summary>Returns the reference to the webhook secret. Throws a <see cref="CallException"/> if it is missing or invalid.</summary>
    public required Func<SecretReference> FindWebhookSecret { get; init; }

    /// <summary>Whether the webhook is meant to be used: its secret is set, or it is not disabled.</summary>
    public required bool HasWebhook { get; init; }

    /// <summary>The app's folder, for relative paths in settings.</summary>
    public required string Folder { get; init; }

    /// <summary>The far side's queue of hints: its URL, or a reference to a URL with a signature.</summary>
    public string? HintQueue { get; init; }

    public void ThrowIfWrong()
    {
        if (Problem is not null)
        {
            throw new CallException(Problem);
        }
    }

    /// <summary>Missing or invalid settings that only some calls need.</summary>
    public IEnumerable<string> Faults() => new[]
    {
        FaultOf(() => OpenQueues(QueueMessageEncoding.Base64)),
        PlannedJobs.Any() && HasWebhook ? FaultOf(() => FindWebhookSecret()) : null,
        FaultOf(() => ConsumerHint.Check(this)),
    }.OfType<string>();

    private static string? FaultOf(Action use)
    {
        try
        {
            use();
            return null;
        }
        catch (CallException wrong)
        {
            return wrong.Message;
        }
    }

    public static Settings Read(Func<string, string?> environment, string folder, SecretReader secrets)
    {
        var host = HostJson.Read(Path.Combine(folder, "host.json"), environment);
        var roles = RolesIn(environment("MIRROR_ROLES"), out var problem);
        var place = PlaceIn((environment("MIRROR_CONFIG"), environment("MIRROR_CONFIG_YAML")), folder, secrets, out var misplaced);
        return new Settings
        {
            Port = int.TryParse(environment("FUNCTIONS_CUSTOMHANDLER_PORT"), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
                && port is > 0 and <= ushort.MaxValue
                ? port
                : throw new UsageException("FUNCTIONS_CUSTOMHANDLER_PORT is not set: the Functions host says there on which port it calls"),
            Deadline = DeadlineOf(host.FunctionTimeout),
            Configuration = place,
            App = AppName.Of(environment),
            Roles = roles,
            Problem = problem ?? misplaced ?? host.Problem,
            Folder = folder,
            HintQueue = environment(HintSetting) is { Length: > 0 } hint ? hint : null,
            MaxDequeueCount = host.MaxDequeueCount,
            OpenQueues = QueueAccount.Find(environment),
            FindWebhookSecret = () => WebhookSecretIn(environment(WebhookSetting), folder),
            HasWebhook = environment(WebhookSetting) is { Length: > 0 } || !IsDisabled("Webhook", environment),
        };
    }

    private static IConfigurationPlace PlaceIn((string? Place, string? Text) given, string folder, SecretReader secrets,
        out string? problem)
    {
        problem = given is ({ Length: > 0 }, { Length: > 0 })
            ? "MIRROR_CONFIG and MIRROR_CONFIG_YAML are both set: keep the one that says where the configuration is, or the one that is it"
            : null;
        var place = given.Place is { Length: > 0 } ? given.Place : "mirror.yaml";
        try
        {
            return given.Text is { Length: > 0 } text ? new SettingPlace("MIRROR_CONFIG_YAML", text, folder)
                : ObjectPlace.TryParse(place, folder, secrets) ?? (IConfigurationPlace)new FilePlace(Path.GetFullPath(place, folder));
        }
        catch (UsageException wrong)
        {
            problem = $"MIRROR_CONFIG: {wrong.Message}";
            return new FilePlace(Path.GetFullPath("mirror.yaml", folder));
        }
    }

    /// <summary>Parsed like the host does.</summary>
    private static bool IsDisabled(string function, Func<string, string?> environment) =>
        Dots.Select(dot => environment($"AzureWebJobs{dot}{function}{dot}Disabled"))
            .Any(value => value is "1" || bool.TryParse(value, out var isOn) && isOn);

    private static SecretReference WebhookSecretIn(string? reference, string folder)
    {
        try
        {
            return reference is { Length: > 0 }
                ? SecretReference.Parse(reference, folder)
                : throw new CallException($"{WebhookSetting} is not set: say where the secret is that webhooks are signed with, such as "
                    + $"env:NAME or keyvault:https://VAULT/secrets/NAME");
        }
        catch (FormatException wrong)
        {
            // The message does not quote the value, which may be the secret itself.
            throw new CallException($"{WebhookSetting}: {wrong.Message}");
        }
    }

    /// <summary>An infinite timeout stays infinite; then a job ends by itself.</summary>
    private static TimeSpan DeadlineOf(TimeSpan whole) =>
        whole == Timeout.InfiniteTimeSpan ? whole
        : whole > MaxDeadline ? MaxDeadline
        : whole > 4 * Margin ? whole - Margin : whole * 0.75;

    private static Roles RolesIn(string? words, out string? problem)
    {
        problem = null;
        var roles = Roles.None;
        foreach (var word in (words ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var role = word switch
            {
                JobState.Produce => Roles.Produce,
                JobState.Consume => Roles.Consume,
                JobState.Sync => Roles.Sync,
                _ => Roles.None,
            };
            problem ??= role == Roles.None ? $"MIRROR_ROLES: there is no role '{word}', only produce, consume and sync" : null;
            roles |= role;
        }
        problem ??= roles == Roles.None
            ? "MIRROR_ROLES is not set: say produce, consume or sync, or several with commas between them"
            : null;
        return problem is null ? roles : Roles.None;
    }
}

/// <summary>The part of the program's jobs that this app runs.</summary>
[Flags]
internal enum Roles
{
    None = 0,
    Produce = 1,
    Consume = 2,
    Sync = 4,
}
