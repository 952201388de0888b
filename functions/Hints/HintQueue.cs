using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Hints;

/// <summary>
/// Where the near side says which mirrors have a new bundle. Others may be able to add to it, so it is read with a bounded number of
/// requests, whatever is in it, and no message of it reaches the queues of jobs unchanged.
/// </summary>
/// <param name="queue">One that leaves messages as they are: some may not be encoded as ours.</param>
internal sealed class HintQueue(QueueClient queue)
{
    /// <summary>How many messages are read at a time. Where the near side announces more in half a minute, the sweep finds the
    /// rest.</summary>
    internal const int MaxCount = 4 * BatchSize;

    // As many as the service hands out at once.
    private const int BatchSize = 32;

    // For a batch to be deleted; then what is left of it is here again.
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    public static HintQueue Open(Settings settings) =>
        new(settings.OpenQueues(QueueMessageEncoding.None).GetQueueClient(JobQueues.HintName));

    /// <summary>Takes what is there, up to <see cref="MaxCount"/>, out of the queue. Where there is more, all the rest goes too: it would
    /// cost as much again each time.</summary>
    public async Task<TakenHints> TakeAsync(CancellationToken cancellation)
    {
        if (!await queue.ExistsAsync(cancellation))
        {
            return new TakenHints([], 0, HasOverflowed: false);
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        var (count, junk) = (0, 0);
        while (count < MaxCount && (await queue.ReceiveMessagesAsync(BatchSize, Hold, cancellation)).Value is { Length: > 0 } messages)
        {
            foreach (var message in messages)
            {
                if (NameIn(message.MessageText ?? "") is { } name)
                {
                    names.Add(name);
                }
                else
                {
                    junk++;
                }
            }
            count += messages.Length;
            await DeleteAsync(messages, cancellation);
        }
        var hasOverflowed = count >= MaxCount && (await queue.PeekMessagesAsync(1, cancellation)).Value.Length > 0;
        if (hasOverflowed)
        {
            await queue.ClearMessagesAsync(cancellation);
        }
        return new TakenHints([.. names], junk, hasOverflowed);
    }

    private async Task DeleteAsync(QueueMessage[] messages, CancellationToken cancellation)
    {
        var options = new ParallelOptions { MaxDegreeOfParallelism = BatchSize, CancellationToken = cancellation };
        await Parallel.ForEachAsync(messages, options, async (message, token) =>
        {
            try
            {
                await queue.DeleteMessageAsync(message.MessageId, message.PopReceipt, token);
            }
            catch (RequestFailedException gone) when (gone.Status == 404)
            {
                // It took so long that another reader has it.
            }
        });
    }

    /// <summary>The mirror that a message names, or null of what is no hint.</summary>
    private static string? NameIn(string text)
    {
        var bytes = new byte[text.Length];
        try
        {
            return Convert.TryFromBase64String(text, bytes, out var size)
                && JobMessage.Parse(bytes.AsMemory(0, size)) is { Job: JobKind.Consume } hint ? hint.Mirror : null;
        }
        catch (CallException)
        {
            return null;
        }
    }
}

/// <param name="Mirrors">Which mirrors were named, each once.</param>
/// <param name="JunkCount">How many messages named none.</param>
/// <param name="HasOverflowed">Whether more was there than is read at a time, and was deleted.</param>
internal sealed record TakenHints(IReadOnlyList<string> Mirrors, int JunkCount, bool HasOverflowed);
