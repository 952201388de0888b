using System.Globalization;
using Azure.Storage.Queues;
using Mirror.Functions.Configurations;
using Mirror.Functions.Jobs;
using Mirror.Mirroring;

namespace Mirror.Functions.Serving;

/// <summary>What the host and the app settings say, read once when the process starts.</summary>
internal sealed record Settings
{
    public const string HintSetting = "MIRROR_HINT_QUEUE";

    private const string WebhookSetting = "MIRROR_WEBHOOK_SECRET";

    // Enough for what is under way to notice, to be written down and to be answered.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    // Between the parts of a setting's name; not every system allows the first in a variable.
    private static readonly string[] Dots = [".", "_", "__"];

    // What a timer can wait for, about.
    private static readonly TimeSpan MaxDeadline = TimeSpan.FromDays(49);

    public required int Port { get; init; }

    /// <summary>How long a call may take: less than the host's functionTimeout, at
    /// which it kills the process and every other call in it.</summary>
    public required TimeSpan Deadline { get; init; }

    /// <summary>How long what comes after a run may take, which may have ended at the deadline: less than what is left then.</summary>
    public TimeSpan AfterRunLimit => 0.8 * (Deadline == Timeout.InfiniteTimeSpan || Deadline > 3 * Margin ? Margin : Deadline / 3);

    public required Roles Roles { get; init; }

    /// <summary>Why nothing can be done until a setting is mended; null where all are good. The process lives on: one that ends would be
    /// started three times, and then nobody could be told.</summary>
    public string? Problem { get; init; }

    /// <summary>The jobs of this app that begin at a source.</summary>
    public IEnumerable<JobKind> PlannedJobs =>
        new[] { (Role: Roles.Produce, Job: JobKind.Produce), (Role: Roles.Sync, Job: JobKind.Sync) }
            .Where(pair => Roles.HasFlag(pair.Role)).Select(pair => pair.Job);

    /// <summary>The configuration: a file, relative to the app's folder, the URL of an object, or a text.</summary>
    public required IConfigurationPlace Configuration { get; init; }

    /// <summary>What this app is called beside others that share its state: the site's name, or else its storage account's.</summary>
    public required string App { get; init; }

    /// <summary>How often the host hands out a message before it puts it aside: from then on it would be poison.</summary>
    public required int MaxDequeueCount { get; init; }

    /// <summary>The account whose queues the host polls.</summary>
    public required Func<QueueMessageEncoding, QueueServiceClient> OpenQueues { get; init; }

    /// <summary>Where the secret is that webhooks are signed with; a
    /// <see cref="CallException"/> where that is not said, or not so that it can be
    /// read.</summary>
    public required Func<SecretReference> FindWebhookSecret { get; init; }

    /// <summary>Whether somebody means to call the webhook: its secret is set, or it is not switched off.</summary>
    public required bool HasWebhook { get; init; }

    /// <summary>Where the app is: what relative paths in settings are relative to.</summary>
    public required string Folder { get; init; }

    /// <summary>Where the far side's queue of hints is: its URL, or a reference to one that is signed.</summary>
    public string? HintQueue { get; init; }

    public void ThrowIfWrong()
    {
        if (Problem is not null)
        {
            throw new CallException(Problem);
        }
    }

    /// <summary>What is missing or wrong of the settings that only some calls need.</summary>
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

    /// <summary>As the host reads it.</summary>
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
            // Which does not quote: it may be the secret itself.
            throw new CallException($"{WebhookSetting}: {wrong.Message}");
        }
    }

    /// <summary>For ever stays for ever: then a job ends when it ends.</summary>
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

/// <summary>What this app does of all that the program can.</summary>
[Flags]
internal enum Roles
{
    None = 0,
    Produce = 1,
    Consume = 2,
    Sync = 4,
}
