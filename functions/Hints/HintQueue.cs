using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;

namespace Mirror.Functions.Hints;

/// <summary>
/// The queue in which the near side names mirrors with new bundles. Others may be able to add messages, so it is read with a limited
/// number of requests, whatever its content, and no message is copied unchanged to the job queues.
/// </summary>
/// <param name="queue">A client that does not decode messages, since some may have another encoding.</param>
internal sealed class HintQueue(QueueClient queue)
{
    /// <summary>How many messages are read at a time. If the near side sends more in half a minute, the sweep finds the rest.</summary>
    internal const int MaxCount = 4 * BatchSize;

    // The service's limit per request.
    private const int BatchSize = 32;

    // The time to delete a batch. After that, undeleted messages reappear.
    private static readonly TimeSpan Hold = TimeSpan.FromSeconds(30);

    public static HintQueue Open(Settings settings) =>
        new(settings.OpenQueues(QueueMessageEncoding.None).GetQueueClient(JobQueues.HintName));

    /// <summary>Takes up to <see cref="MaxCount"/> messages out of the queue. If there are more, the rest is deleted, since it would cost
    /// as much again each time.</summary>
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
                // It took so long that another reader has the message.
            }
        });
    }

    /// <summary>The mirror that a message names; null if it is not a hint.</summary>
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

/// <param name="Mirrors">The named mirrors, without duplicates.</param>
/// <param name="JunkCount">The number of messages that name no mirror.</param>
/// <param name="HasOverflowed">Whether there were more messages than are read at a time, which were deleted.</param>
internal sealed record TakenHints(IReadOnlyList<string> Mirrors, int JunkCount, bool HasOverflowed);
