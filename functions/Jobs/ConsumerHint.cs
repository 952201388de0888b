using Azure;
using Azure.Identity;
using Azure.Storage.Queues;
using Mirror.Functions.Serving;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Jobs;

/// <summary>Tells the far side that there are new bundles, if a queue of the far side is reachable. The hint may get lost, since the far
/// side's sweep finds the same.</summary>
/// <param name="warn">Writes to standard error, where the host turns a line with "warning" into one.</param>
internal sealed class ConsumerHint(Settings settings, Func<JobQueues> queues, TimeProvider time, Action<string> warn)
{
    private const string Setting = Settings.HintSetting;
    private const string Cause = JobState.Produce;

    // The secret's value may change, but a client keeps its address and its login.
    private RotatingSecret<FarQueue> Far => field ??= new RotatingSecret<FarQueue>(ConnectAsync);

    public required SecretReader Secrets { get; init; }

    public async Task SendAsync(string mirror, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(QueueAccount.Patience);
        try
        {
            if (settings.HintQueue is { } place)
            {
                await SendAsync(place, new JobMessage(JobKind.Consume, mirror, Cause, time.GetUtcNow()).ToText(), late.Token);
            }
            else if (settings.Roles.HasFlag(Roles.Consume))
            {
                await queues().AskAsync(JobKind.Consume, [mirror], Cause, late.Token);
            }
        }
        catch (OperationCanceledException)
        {
            Warn(mirror, "the queue does not answer");
        }
        catch (Exception unsent) when (unsent is CallException or SecretException or RequestFailedException
            or AuthenticationFailedException or AggregateException)
        {
            Warn(mirror, unsent.Message.Split('\r', '\n')[0]);
        }
    }

    /// <summary>Throws a <see cref="CallException"/> if the setting is invalid,
    /// as far as that is visible without reading a secret.</summary>
    public static void Check(Settings settings)
    {
        if (settings.HintQueue is { } place)
        {
            _ = IsReference(place) ? (object)Reference(place, settings.Folder) : Plain(place);
        }
    }

    private static bool IsReference(string place) => !place.StartsWith("http", StringComparison.Ordinal);

    private void Warn(string mirror, string why) =>
        warn($"warning: {mirror}: the far side was not told, and its sweep will find the bundle: {why}");

    private async Task SendAsync(string place, string text, CancellationToken cancellation) => await Far.RunAsync(
        far => far.Client.SendMessageAsync(text, timeToLive: JobQueues.Life, cancellationToken: cancellation),
        failure => failure is RequestFailedException { Status: 401 or 403 } && IsReference(place),
        cancellation);

    private async Task<FarQueue> ConnectAsync(FarQueue? refused, CancellationToken cancellation)
    {
        var place = settings.HintQueue!;
        var isSigned = IsReference(place);
        var age = refused is null ? LoginAge.Any : LoginAge.New;
        var text = isSigned ? await Secrets.ReadAsync(Reference(place, settings.Folder), age, cancellation) : place;
        if (refused?.Text == text)
        {
            return refused;
        }
        StoreAccess.RegisterParts(text, Secrets);
        // This needs only the permission to add messages, so the queue is not created here.
        var options = QueueAccount.Options(QueueMessageEncoding.Base64, retryCount: 0);
        var client = isSigned ? new QueueClient(Signed(text), options) : new QueueClient(Plain(text), MachineIdentity.Create(), options);
        return new FarQueue(text, client);
    }

    private static SecretReference Reference(string text, string folder)
    {
        try
        {
            return SecretReference.Parse(text, folder);
        }
        catch (FormatException wrong)
        {
            throw new CallException($"{Setting}: {wrong.Message}");
        }
    }

    /// <summary>An identity token is never sent over plain http.</summary>
    private static Uri Plain(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme == Uri.UriSchemeHttps && url.Query.Length == 0 ? url
        : throw new CallException($"{Setting} must be https://ACCOUNT.queue.core.windows.net/{JobQueues.HintName}, "
            + "or say where one with a signature is, such as env:NAME or keyvault:https://VAULT/secrets/NAME");

    private static Uri Signed(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length > 0 ? url
        : throw new CallException($"{Setting} does not lead to the URL of a queue with a signature, "
            + $"https://ACCOUNT.queue.core.windows.net/{JobQueues.HintName}?sv=…");

    private sealed record FarQueue(string Text, QueueClient Client);
}
