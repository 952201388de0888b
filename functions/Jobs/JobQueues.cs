using Azure.Storage.Queues;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Jobs;

/// <summary>The queues between the functions, in the storage account of the Functions host.</summary>
internal sealed class JobQueues(QueueServiceClient service, TimeProvider time)
{
    // A job that was not taken within a day will be planned again anyway.
    internal static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <summary>The queue for hints of a near side. It is separate,
    /// so that the permission to add hints does not reach a job queue.</summary>
    public const string HintName = "mirror-hints";

    /// <summary>The service's limit for peeking.</summary>
    internal const int PeekCount = 32;

    // Parallel requests. The service accepts 2,000 a second for one queue.
    private const int MaxAtOnce = 16;

    /// <summary>Opens the queues with messages in base64, which the host decodes.</summary>
    public static JobQueues Open(Settings settings, TimeProvider time) => new(settings.OpenQueues(QueueMessageEncoding.Base64), time);

    /// <summary>The queue's name, as in the function.json of the function that takes its messages.</summary>
    public static string NameOf(JobKind job) => $"mirror-{WordOf(job)}";

    /// <summary>The job's name in messages, records and telemetry.</summary>
    public static string WordOf(JobKind job) => job.ToString().ToLowerInvariant();

    /// <summary>The queue into which the host moves messages that failed too often.</summary>
    public static string PoisonOf(JobKind job) => $"{NameOf(job)}-poison";

    public QueueClient Queue(string name) => service.GetQueueClient(name);

    /// <summary>Queues a job for each mirror.</summary>
    public async Task AskAsync(JobKind job, IReadOnlyCollection<string> mirrors, string cause, CancellationToken cancellation)
    {
        if (mirrors.Count == 0)
        {
            return;
        }
        var queue = Queue(NameOf(job));
        await queue.CreateIfNotExistsAsync(cancellationToken: cancellation);
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellation };
        await Parallel.ForEachAsync(mirrors, options, async (mirror, token) =>
            await queue.SendMessageAsync(new JobMessage(job, mirror, cause, time.GetUtcNow()).ToText(), timeToLive: Life,
                cancellationToken: token));
    }

    /// <summary>The number of visible messages, up to <see cref="PeekCount"/>, the limit for peeking. Messages sent with a delay, or
    /// being processed, do not count.</summary>
    public async Task<int> VisibleCountAsync(string name, CancellationToken cancellation)
    {
        var queue = Queue(name);
        return await queue.ExistsAsync(cancellation) ? (await queue.PeekMessagesAsync(PeekCount, cancellation)).Value.Length : 0;
    }

    /// <summary>The approximate number of all messages, visible or not; 0 if the queue does not exist.</summary>
    public Task<int> CountAsync(string name, CancellationToken cancellation) => CountAsync(Queue(name), cancellation);

    internal static async Task<int> CountAsync(QueueClient queue, CancellationToken cancellation) =>
        await queue.ExistsAsync(cancellation) ? (await queue.GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount : 0;
}
