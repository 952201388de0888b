using System.Text;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Poison;

/// <summary>The queues into which the host moves messages that failed too often or that it cannot read.</summary>
/// <param name="service">A client that does not decode messages, since some are here because of their encoding.</param>
/// <param name="app">The name of the app that owns the queues.</param>
internal sealed class PoisonQueues(QueueServiceClient service, string app)
{
    /// <summary>The service's limit for one request.</summary>
    internal const int PeekCount = 32;

    /// <summary>The limit of one call, since a user waits for it.</summary>
    internal const int MaxPutBack = 1000;

    // The limit of a name in a message, which may come from anyone.
    private const int MaxNameSize = 100;

    // The time to move a batch. After that, messages that were not moved reappear.
    private static readonly TimeSpan Hold = TimeSpan.FromMinutes(2);

    public static PoisonQueues Open(Settings settings) => new(settings.OpenQueues(QueueMessageEncoding.None), settings.App);

    public async Task<PoisonReport> LookAsync(DateTimeOffset now, CancellationToken cancellation)
    {
        var queues = new List<PoisonedQueue>();
        foreach (var job in Enum.GetValues<JobKind>())
        {
            var queue = service.GetQueueClient(JobQueues.PoisonOf(job));
            if (await JobQueues.CountAsync(queue, cancellation) is > 0 and var count)
            {
                var messages = (await queue.PeekMessagesAsync(PeekCount, cancellation)).Value;
                queues.Add(new PoisonedQueue(queue.Name, count, [.. messages.GroupBy(message => ReasonOf(job, message.MessageText ?? ""))
                    .Select(group => new PoisonReason(group.Key, group.Count())).OrderByDescending(reason => reason.Count)]));
            }
        }
        return new PoisonReport(app, now, queues);
    }

    /// <summary>Moves messages back to their job queue, after the cause was fixed. Returns how many.</summary>
    public async Task<int> PutBackAsync(JobKind job, DateTimeOffset now, CancellationToken cancellation)
    {
        var (poison, queue) = (service.GetQueueClient(JobQueues.PoisonOf(job)), service.GetQueueClient(JobQueues.NameOf(job)));
        // Only the messages of now, since the host returns unreadable ones here at once.
        var left = Math.Min(await JobQueues.CountAsync(poison, cancellation), MaxPutBack);
        var count = 0;
        if (left > 0)
        {
            await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);
        }
        while (count < left && (await poison.ReceiveMessagesAsync(Math.Min(PeekCount, left - count), Hold,
            cancellation)).Value is { Length: > 0 } messages)
        {
            var options = new ParallelOptions { MaxDegreeOfParallelism = PeekCount, CancellationToken = cancellation };
            await Parallel.ForEachAsync(messages, options,
                async (message, token) => await MoveAsync(message, Anew(message.MessageText ?? "", now), (poison, queue), token));
            count += messages.Length;
        }
        return count;
    }

    /// <summary>Why the host moved a message here, as far as the message shows.</summary>
    internal static string ReasonOf(JobKind queue, string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var size))
        {
            return "the message is not base64, which the host wants";
        }
        try
        {
            var message = JobMessage.Parse(bytes.AsMemory(0, size));
            return message.Job == queue
                ? $"{Shown(message.Mirror)}: a job that failed too often; the log says why"
                : $"the message asks for {message.Job}, and this is the queue of {queue}";
        }
        catch (CallException notOurs)
        {
            return notOurs.Message;
        }
    }

    /// <summary>Sent before it is deleted. If the process ends in between, the message is in both queues, and a job that runs twice does
    /// nothing the second time.</summary>
    private static async Task MoveAsync(QueueMessage message, string text, (QueueClient From, QueueClient To) queues,
        CancellationToken cancellation)
    {
        await queues.To.SendMessageAsync(text, timeToLive: JobQueues.Life, cancellationToken: cancellation);
        try
        {
            await queues.From.DeleteMessageAsync(message.MessageId, message.PopReceipt, cancellation);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            // Another call has put it back as well.
        }
    }

    /// <summary>A job with the current time, since jobs older than a day are dropped. Any other text is unchanged.</summary>
    private static string Anew(string text, DateTimeOffset now)
    {
        var bytes = new byte[text.Length];
        try
        {
            return Convert.TryFromBase64String(text, bytes, out var size)
                ? Convert.ToBase64String(Encoding.UTF8.GetBytes(
                    (JobMessage.Parse(bytes.AsMemory(0, size)) with { Planned = now }).ToText()))
                : text;
        }
        catch (CallException)
        {
            return text;
        }
    }

    private static string Shown(string name) =>
        string.Concat(name.Take(MaxNameSize).Select(character => char.IsControl(character)
            || char.IsSurrogate(character) ? '?' : character));
}
