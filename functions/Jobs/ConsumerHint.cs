using Azure;
using Azure.Identity;
using Azure.Storage.Queues;
using Mirror.Functions.Serving;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Jobs;

/// <summary>Tells the far side that there is something new, where a queue of its is within reach. It need not arrive: the far side's sweep finds the same.</summary>
internal sealed class ConsumerHint(Settings settings, Func<JobQueues> queues, TimeProvider time, Action<string> log)
{
    private const string Setting = Settings.HintSetting;

    public async Task SendAsync(string mirror, CancellationToken cancellation)
    {
        var message = new JobMessage(JobKind.Consume, mirror, "produce", time.GetUtcNow());
        try
        {
            if (await FindAsync(cancellation) is { } far)
            {
                await far.SendMessageAsync(message.ToText(), timeToLive: JobQueues.Life, cancellationToken: cancellation);
            }
            else if (settings.Roles.HasFlag(Roles.Consume))
            {
                await queues().SendAsync(JobKind.Consume, [message], cancellation);
            }
        }
        catch (Exception unsent) when (unsent is CallException or SecretException or RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            log($"warning: {mirror}: the far side was not told, and finds out by its sweep: {unsent.Message.Split('\r', '\n')[0]}");
        }
    }

    /// <summary>Null where there is none to be told.</summary>
    private async Task<QueueClient?> FindAsync(CancellationToken cancellation)
    {
        if (settings.HintQueue is not { } place)
        {
            return null;
        }
        // The right to add messages is all that this takes, so the queue is not made here.
        var options = QueueAccount.Options(QueueMessageEncoding.Base64);
        if (place.StartsWith("http", StringComparison.Ordinal))
        {
            return new QueueClient(Parse(place, signed: false), MachineIdentity.Create(), options);
        }
        var text = await Workplace.Secrets.ReadAsync(Reference(place), LoginAge.Any, cancellation);
        StoreAccess.RegisterParts(text, Workplace.Secrets);
        return new QueueClient(Parse(text, signed: true), options);
    }

    private static SecretReference Reference(string text)
    {
        try
        {
            return SecretReference.Parse(text, AppContext.BaseDirectory);
        }
        catch (FormatException wrong)
        {
            throw new CallException($"{Setting}: {wrong.Message}");
        }
    }

    private static Uri Parse(string text, bool signed) =>
        Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && (url.Query.Length > 0) == signed ? url
        : throw new CallException(signed
            ? $"{Setting} does not lead to the URL of a queue with a signature, https://ACCOUNT.queue.core.windows.net/mirror-consume?sv=…"
            : $"{Setting} holds a signature: put the URL where a secret may be, and say where that is, such as env:NAME or keyvault:https://VAULT/secrets/NAME");
}
