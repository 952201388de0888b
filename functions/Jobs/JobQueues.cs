using Azure.Storage.Queues;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Jobs;

/// <summary>The queues between the functions, in the storage account that the Functions host itself uses.</summary>
internal sealed class JobQueues(QueueServiceClient service, TimeProvider time)
{
    // What nobody took in a day is planned again anyway.
    internal static readonly TimeSpan Life = TimeSpan.FromDays(1);

    /// <summary>Where a near side announces what is new: a queue of its own, so that who may add to it reaches no queue of jobs.</summary>
    public const string HintName = "mirror-hints";

    /// <summary>As many messages as the service shows at once.</summary>
    internal const int PeekCount = 32;

    // Requests at once: the service takes 2,000 a second of one queue.
    private const int MaxAtOnce = 16;

    /// <summary>With messages in base64, as the host decodes them.</summary>
    public static JobQueues Open(Settings settings, TimeProvider time) => new(settings.OpenQueues(QueueMessageEncoding.Base64), time);

    /// <summary>As the function.json of the function that takes them says.</summary>
    public static string NameOf(JobKind job) => $"mirror-{WordOf(job)}";

    /// <summary>As messages, records and signals call it.</summary>
    public static string WordOf(JobKind job) => job.ToString().ToLowerInvariant();

    /// <summary>Where the host puts what failed too often.</summary>
    public static string PoisonOf(JobKind job) => $"{NameOf(job)}-poison";

    public QueueClient Queue(string name) => service.GetQueueClient(name);

    /// <summary>Asks for a job of each mirror.</summary>
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

    /// <summary>How many messages can be taken now, up to <see cref="PeekCount"/>: no more can be seen. A message that was sent with a
    /// delay or is being worked on is not counted.</summary>
    public async Task<int> VisibleCountAsync(string name, CancellationToken cancellation)
    {
        var queue = Queue(name);
        return await queue.ExistsAsync(cancellation) ? (await queue.PeekMessagesAsync(PeekCount, cancellation)).Value.Length : 0;
    }

    /// <summary>About how many messages there are, including those that cannot be taken now; 0 where the queue does not exist.</summary>
    public Task<int> CountAsync(string name, CancellationToken cancellation) => CountAsync(Queue(name), cancellation);

    internal static async Task<int> CountAsync(QueueClient queue, CancellationToken cancellation) =>
        await queue.ExistsAsync(cancellation) ? (await queue.GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount : 0;
}
