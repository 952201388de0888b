using Azure.Storage.Queues;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Jobs;

/// <summary>The queues between the functions, in the storage account that the Functions host itself uses.</summary>
internal sealed class JobQueues(QueueServiceClient service, TimeProvider time)
{
    // What nobody took in a day is planned again anyway.
    internal static readonly TimeSpan Life = TimeSpan.FromDays(1);

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

    /// <summary>How many messages wait, about; none where the queue has never been used.</summary>
    public Task<int> CountAsync(string name, CancellationToken cancellation) => CountAsync(Queue(name), cancellation);

    internal static async Task<int> CountAsync(QueueClient queue, CancellationToken cancellation) =>
        await queue.ExistsAsync(cancellation) ? (await queue.GetPropertiesAsync(cancellation)).Value.ApproximateMessagesCount : 0;
}
