namespace Mirror.Tests.FunctionsHost.Handlers;

/// <summary>Keeps the handler running: it is started again after each exit that is not 0, until it has failed three times.</summary>
internal sealed class Handler : IAsyncDisposable
{
    private const int MostFailures = 3;
    private static readonly TimeSpan FailureWindow = TimeSpan.FromMinutes(30);

    private readonly HandlerStart _start;
    private readonly HandlerProbe _probe;
    private readonly Journal _journal;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly Task _keeping;
    private readonly List<DateTimeOffset> _failures = [];
    private readonly List<HandlerProcess> _processes = [];
    private TaskCompletionSource<HandlerProcess> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private HandlerProcess? _process;

    public Handler(HandlerStart start, HostTimes times, Journal journal)
    {
        _start = start;
        Client = new HandlerClient(start.Port);
        _probe = new HandlerProbe(Client, times, journal);
        _journal = journal;
        _keeping = Task.Run(KeepAsync);
    }

    public HandlerClient Client { get; }

    /// <summary>Of the process that runs now, or ran last.</summary>
    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("no handler was started");

    /// <summary>The process, once it is ready: a call that comes during a restart waits for it.</summary>
    public Task<HandlerProcess> ReadyAsync(CancellationToken cancellation) => Ready.Task.WaitAsync(cancellation);

    /// <summary>Ends the process that runs now. It is started again, and this does not count as a failure.</summary>
    public void Kill() => _process?.Kill();

    private async Task KeepAsync()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                if (Judge(await RunAsync()) is { } end)
                {
                    GiveUp(end);
                    return;
                }
            }
            GiveUp("the host has stopped");
        }
        catch (HostRefusedException e)
        {
            GiveUp(e.Message);
        }
    }

    /// <summary>One run, from its start to its exit. Null: it was killed, by the host or by a test.</summary>
    private async Task<int?> RunAsync()
    {
        var process = HandlerProcess.Start(_start, _journal);
        _processes.Add(process);
        await using var killing = _stop.Token.Register(process.Kill);
        _process = process;
        if (await _probe.IsReadyAsync(process))
        {
            Ready.TrySetResult(process);
            await _probe.WatchAsync(process);
            Ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        else if (!process.Ended.IsCompleted)
        {
            _journal.Log(LogSeverity.Error, "host", "the handler gave no HTTP answer in time");
            process.Kill();
            return await process.Ended;
        }
        var status = await process.Ended;
        await process.DrainAsync();
        return process.IsKilled ? null : status;
    }

    /// <summary>Why it is not started again, or null when it is.</summary>
    private string? Judge(int? status)
    {
        if (status is null)
        {
            return null;
        }
        _journal.Log(LogSeverity.Error, "host", $"the handler ended with status {status}");
        if (status == 0)
        {
            _journal.Violate("the handler ended with status 0, after which no host starts it again");
            return "the handler ended with status 0";
        }
        var now = DateTimeOffset.UtcNow;
        _failures.RemoveAll(time => now - time > FailureWindow);
        _failures.Add(now);
        if (_failures.Count < MostFailures)
        {
            return null;
        }
        _journal.Violate($"the handler failed {MostFailures} times within {FailureWindow.TotalMinutes} minutes, which stops the host");
        return $"the handler failed {MostFailures} times, last with status {status}";
    }

    private TaskCompletionSource<HandlerProcess> Ready
    {
        get
        {
            lock (_lock)
            {
                return _ready;
            }
        }
        set
        {
            lock (_lock)
            {
                _ready = value;
            }
        }
    }

    private void GiveUp(string why) => Ready.TrySetException(new HandlerGoneException(why));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _keeping;
        _processes.ForEach(process => process.Dispose());
        Client.Dispose();
        _stop.Dispose();
    }
}
