using Azure;
using Azure.Storage.Queues;

namespace Mirror.Tests.FunctionsHost.Queues;

/// <summary>Takes messages from a queue, in the queue's order or, on demand, in another.</summary>
internal sealed class MessageSource(QueueClient queue, TimeSpan lease, DeliveryFaults faults, CancellationToken crash)
{
    // The most that one request may ask for.
    private const int Most = 32;

    // No secret depends on it, and a test wants the same order again.
#pragma warning disable CA5394
    private readonly Random _order = new(faults.Seed);

    // Taken, and not yet handed out.
    private List<LeasedMessage> _shuffled = [];

    public async Task<IReadOnlyList<LeasedMessage>> TakeAsync(int count, CancellationToken stop)
    {
        if (!faults.IsReordered)
        {
            return await ReceiveAsync(count, stop);
        }
        if (_shuffled.Count == 0)
        {
            var received = (await ReceiveAsync(Most, stop)).ToArray();
            _order.Shuffle(received);
            _shuffled = [.. received];
        }
        var taken = _shuffled.Take(count).ToList();
        _shuffled.RemoveRange(0, taken.Count);
        return taken;
    }
#pragma warning restore CA5394

    /// <summary>Gives back what was taken and not handed out.</summary>
    public Task ReturnAsync() => Task.WhenAll(_shuffled.Select(message => crash.IsCancellationRequested
        ? message.AbandonAsync()
        : message.ReturnAsync(TimeSpan.Zero)));

    private async Task<IReadOnlyList<LeasedMessage>> ReceiveAsync(int count, CancellationToken stop)
    {
        try
        {
            // What is under way is not broken off: the queue may have handed out messages already.
            stop.ThrowIfCancellationRequested();
            var received = await queue.ReceiveMessagesAsync(count, lease, CancellationToken.None);
            return [.. received.Value.Select(message => new LeasedMessage(queue, message, lease, crash))];
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            // The host waits for a queue that is not there yet.
            return [];
        }
    }
}
