using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;

namespace Mirror.Tests.FunctionsHost.Queues;

/// <summary>A message that nobody else sees until its lease ends, which is renewed at half of it for as long as this is held.</summary>
internal sealed class LeasedMessage
{
    private readonly QueueClient _queue;
    private readonly TimeSpan _lease;
    private readonly CancellationTokenSource _release;
    private readonly Task _renewing;

    // Changes with each renewal; whoever has an old one can do nothing to the message any more.
    private string _popReceipt;

    public LeasedMessage(QueueClient queue, QueueMessage message, TimeSpan lease, CancellationToken crash)
    {
        _queue = queue;
        _lease = lease;
        _popReceipt = message.PopReceipt;
        Message = message;
        _release = CancellationTokenSource.CreateLinkedTokenSource(crash);
        _renewing = RenewAsync();
    }

    public QueueMessage Message { get; }

    public string Text => Message.Body.ToString();

    public Task DeleteAsync() => EndAsync(() => _queue.DeleteMessageAsync(Message.MessageId, _popReceipt));

    /// <summary>Gives it back, to be handed out again after that time.</summary>
    public Task ReturnAsync(TimeSpan after) =>
        EndAsync(() => _queue.UpdateMessageAsync(Message.MessageId, _popReceipt, Message.Body, after));

    /// <summary>Moves it, as it stands, to where nobody but people look.</summary>
    public async Task PoisonAsync(QueueClient poison)
    {
        await poison.CreateIfNotExistsAsync();
        await poison.SendMessageAsync(Message.Body);
        await DeleteAsync();
    }

    /// <summary>Lets the lease run out, as a host does that is killed.</summary>
    public Task AbandonAsync() => EndAsync(() => Task.CompletedTask);

    private async Task EndAsync(Func<Task> act)
    {
        await _release.CancelAsync();
        await _renewing;
        _release.Dispose();
        try
        {
            await act();
        }
        catch (RequestFailedException e) when (e.Status is 404 or 400)
        {
            // Somebody else has the message now, or has deleted it, or the whole queue.
        }
    }

    private async Task RenewAsync()
    {
        try
        {
            while (true)
            {
                await Task.Delay(_lease / 2, _release.Token);
                // Not with the token: a renewal that is broken off may have changed the receipt.
                var renewed = await _queue.UpdateMessageAsync(Message.MessageId, _popReceipt, Message.Body, _lease, CancellationToken.None);
                _popReceipt = renewed.Value.PopReceipt;
            }
        }
        catch (OperationCanceledException)
        {
        }
        catch (RequestFailedException)
        {
            // As above; what is done to it at the end will say so again.
        }
    }
}
