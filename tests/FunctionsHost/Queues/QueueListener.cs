using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Queues;
using Mirror.Tests.FunctionsHost.Calls;
using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Queues;

/// <summary>Calls a function for each message of its queue, up to batchSize + newBatchThreshold at once.</summary>
internal sealed class QueueListener
{
    private readonly Function _function;
    private readonly QueueTrigger _trigger;
    private readonly QueueSettings _settings;
    private readonly HostOptions _options;
    private readonly Caller _caller;
    private readonly QueueClient _poison;
    private readonly MessageSource _source;
    private readonly ConcurrentDictionary<string, bool> _repeated = [];

    public QueueListener(Function function, QueueSettings settings, HostOptions options, Caller caller)
    {
        _function = function;
        _trigger = (QueueTrigger)function.Trigger;
        _settings = settings;
        _options = options;
        _caller = caller;
        // The host decodes by itself: what is not base64 must reach the poison queue as it is.
        Queue = new QueueClient(_trigger.ConnectionString, _trigger.Queue);
        _poison = new QueueClient(_trigger.ConnectionString, $"{_trigger.Queue}-poison");
        _source = new MessageSource(Queue, options.Times.Lease, options.Delivery, caller.Crash);
    }

    public QueueClient Queue { get; }

    /// <summary>Until the host stops; then the calls in flight end first.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var running = new List<Task>();
        try
        {
            while (true)
            {
                await (await TryFillAsync(running, stop)
                    ? Task.WhenAny(running)
                    : Task.WhenAny([.. running, Task.Delay(_options.Times.Polling, stop)]));
                stop.ThrowIfCancellationRequested();
                await Task.WhenAll(running.Where(call => call.IsCompleted));
                running.RemoveAll(call => call.IsCompleted);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        await Task.WhenAll(running);
        await _source.ReturnAsync();
    }

    /// <summary>Whether it is full: then nothing is to be done until a call ends.</summary>
    private async Task<bool> TryFillAsync(List<Task> running, CancellationToken stop)
    {
        if (running.Count > _settings.NewBatchThreshold)
        {
            return true;
        }
        try
        {
            var messages = await _source.TakeAsync(_settings.BatchSize, stop);
            running.AddRange(messages.Select(message => Task.Run(() => TryHandleAsync(message), CancellationToken.None)));
        }
        catch (Exception e) when (IsOfTheQueue(e))
        {
            Log(e);
        }
        return running.Count > _settings.NewBatchThreshold;
    }

    /// <summary>A queue that does not answer: the client throws the second after several attempts.</summary>
    private static bool IsOfTheQueue(Exception e) => e is RequestFailedException or AggregateException;

    private void Log(Exception e) => _caller.Journal.Log(LogSeverity.Error, "host", $"{_function.Name}: {e.Message}");

    private async Task TryHandleAsync(LeasedMessage message)
    {
        try
        {
            await HandleAsync(message);
        }
        catch (Exception e) when (IsOfTheQueue(e))
        {
            // The message comes back when its lease ends.
            Log(e);
        }
    }

    private async Task HandleAsync(LeasedMessage message)
    {
        if (MessageBody.Decode(message.Text, _settings.IsBase64) is not { } body)
        {
            _caller.Journal.Log(LogSeverity.Error, "host", $"{_function.Name}: message {message.Message.MessageId} is not base64");
            await message.PoisonAsync(_poison);
            return;
        }
        foreach (var name in MessageBody.HidingFields(body))
        {
            _caller.Journal.Violate($"{_function.Name}: a message has a field '{name}', which hides what the host says of the message");
        }
        if (message.Message.DequeueCount > _settings.MaxDequeueCount)
        {
            await PoisonAsync(message);
            return;
        }
        await EndAsync(message, await CallAsync(message, body));
    }

    private async Task<CallOutcome> CallAsync(LeasedMessage message, byte[] body)
    {
        var count = message.Message.DequeueCount;
        if (_options.Delivery.Duplicates != Duplicates.AtOnce)
        {
            return (await _caller.CallAsync(Invoke(message, count, body))).Outcome;
        }
        var first = _caller.CallAsync(Invoke(message, count, body));
        var second = _caller.CallAsync(Invoke(message, count + 1, body));
        await first;
        return (await second).Outcome;
    }

    private Invocation Invoke(LeasedMessage message, long dequeueCount, byte[] body)
    {
        var metadata = MessageBody.Metadata(message.Message, dequeueCount, _trigger.IsBinary ? null : body);
        metadata.TryAdd("sys", Invocation.System(_function.Name));
        return new Invocation(_function.Name, new() { [_trigger.Binding] = MessageBody.Data(body, _trigger.IsBinary) }, metadata)
        {
            MessageId = message.Message.MessageId,
            DequeueCount = dequeueCount,
        };
    }

    private Task EndAsync(LeasedMessage message, CallOutcome outcome) => outcome switch
    {
        CallOutcome.Lost => message.AbandonAsync(),
        CallOutcome.Succeeded when IsRepeated(message) => message.ReturnAsync(TimeSpan.Zero),
        CallOutcome.Succeeded => message.DeleteAsync(),
        _ when message.Message.DequeueCount >= _settings.MaxDequeueCount => PoisonAsync(message),
        _ => message.ReturnAsync(_settings.VisibilityTimeout),
    };

    private bool IsRepeated(LeasedMessage message) =>
        _options.Delivery.Duplicates == Duplicates.Afterwards && _repeated.TryAdd(message.Message.MessageId, true);

    private Task PoisonAsync(LeasedMessage message)
    {
        _caller.Journal.Log(LogSeverity.Error, "host", $"{_function.Name}: message {message.Message.MessageId} goes to '{_poison.Name}'");
        return message.PoisonAsync(_poison);
    }
}
