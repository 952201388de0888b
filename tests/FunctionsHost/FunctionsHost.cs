using Mirror.Tests.FunctionsHost.Calls;
using Mirror.Tests.FunctionsHost.Handlers;
using Mirror.Tests.FunctionsHost.Http;
using Mirror.Tests.FunctionsHost.Package;
using Mirror.Tests.FunctionsHost.Queues;
using Mirror.Tests.FunctionsHost.Timers;
using Mirror.Tests.Servers;

namespace Mirror.Tests.FunctionsHost;

/// <summary>Runs a custom handler as the Azure Functions host (version 4) does: starts it, calls it for queues, timers and requests, and
/// writes down whatever it does that it must not.</summary>
public sealed class FunctionsHost : IAsyncDisposable
{
    private readonly HostOptions _options;
    private readonly Journal _journal;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _crash = new();
    private readonly Handler _handler;
    private readonly Caller _caller;
    private readonly List<QueueListener> _listeners = [];
    private readonly List<TimerLoop> _timers = [];
    private readonly List<Task> _loops = [];
    private HttpFront? _front;
    private bool _isDisposed;

    private FunctionsHost(HostOptions options, Application application, Journal journal)
    {
        _options = options;
        _journal = journal;
        Disabled = application.Disabled;
        _handler = new Handler(application.Start, options.Times, journal);
        _caller = new Caller(_handler, application.Settings.FunctionTimeout, journal, _crash.Token);
    }

    /// <summary>The functions that are not run, and why; the others are.</summary>
    public IReadOnlyDictionary<string, string> Disabled { get; }

    /// <summary>What the handler, or the package, did that the real host forbids or does not forgive. A test expects none.</summary>
    public IReadOnlyList<string> Violations => _journal.Violations;

    /// <summary>The calls that have ended, in the order in which they did.</summary>
    public IReadOnlyList<FunctionCall> Calls => _journal.Calls;

    public IReadOnlyList<LogLine> Logs => _journal.Logs;

    /// <summary>Calls in flight.</summary>
    public int RunningCount => _caller.RunningCount;

    public int HandlerProcessId => _handler.ProcessId;

    /// <summary>The address at which the functions with an httpTrigger are: <c>/api/ROUTE</c> below it.</summary>
    public Uri Http => _front!.Address;

    /// <summary>What opens every function with an httpTrigger.</summary>
    public string MasterKey => _front!.Keys.Master;

    /// <summary>What opens this function, as <c>?code=</c> or as the header <c>x-functions-key</c>.</summary>
    public string KeyOf(string function) => _front!.Keys.Of(function);

    /// <summary>Returns when the handler has answered for the first time.</summary>
    public static async Task<FunctionsHost> StartAsync(HostOptions options)
    {
        var journal = new Journal();
        var application = Application.Read(options, journal);
        var host = new FunctionsHost(options, application, journal);
        try
        {
            await host._handler.ReadyAsync(CancellationToken.None);
            await host.ListenAsync(application);
            return host;
        }
        catch (HandlerGoneException e)
        {
            await host.DisposeAsync();
            throw new HostRefusedException($"{e.Message}\n{string.Join('\n', journal.Logs.Select(line => line.Text))}", e);
        }
    }

    private async Task ListenAsync(Application application)
    {
        _front = await HttpFront.StartAsync(application.Functions, application.Settings.RoutePrefix, _caller);
        foreach (var function in application.Functions)
        {
            if (function.Trigger is QueueTrigger)
            {
                _listeners.Add(new QueueListener(function, application.Settings.Queues, _options, _caller));
            }
            if (function.Trigger is TimerTrigger)
            {
                _timers.Add(new TimerLoop(function, _caller, _stop.Token));
            }
        }
        _loops.AddRange(_listeners.Select(listener => Task.Run(() => listener.RunAsync(_stop.Token))));
        if (_options.Clock is { } clock)
        {
            // Not in another thread: the schedules begin now.
            _loops.AddRange(_timers.Select(timer => timer.RunAsync(clock)));
        }
    }

    /// <summary>
    /// Fires a timer now, whatever its schedule says, or when the run that is under way has ended. Returns at the end of the run.
    /// </summary>
    public Task<FunctionCall> FireTimerAsync(string function, bool isPastDue = false)
    {
        var why = Disabled.GetValueOrDefault(function, "no such function");
        var timer = _timers.Find(timer => timer.Name == function)
            ?? throw new ArgumentException($"there is no timer '{function}' that runs: {why}", nameof(function));
        return timer.FireAsync(isPastDue, (_options.Clock ?? TimeProvider.System).GetUtcNow());
    }

    /// <summary>Until no call is in flight and the queues are empty: of messages that come back later, too.</summary>
    public async Task WaitUntilIdleAsync()
    {
        using var late = new CancellationTokenSource(Hang.Limit);
        while (true)
        {
            var begun = _caller.BegunCount;
            var waiting = await CountMessagesAsync();
            if (waiting.Count == 0 && RunningCount == 0 && begun == _caller.BegunCount)
            {
                return;
            }
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException(
                    $"{RunningCount} calls in flight; messages: {string.Join(", ", waiting)}; violations: {string.Join("; ", Violations)}");
            }
            foreach (var loop in _loops.Where(loop => loop.IsFaulted))
            {
                await loop;
            }
            await Task.Delay(TimeSpan.FromMilliseconds(20));
        }
    }

    private async Task<List<string>> CountMessagesAsync()
    {
        var counts = new List<string>();
        foreach (var queue in _listeners.Select(listener => listener.Queue))
        {
            if (await queue.ExistsAsync() && (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCount is > 0 and var count)
            {
                counts.Add($"{count} in {queue.Name}");
            }
        }
        return counts;
    }

    /// <summary>SIGKILL to the handler now; calls in flight fail, and it is started again. Not counted among its failures.</summary>
    public void KillHandler() => _handler.Kill();

    /// <summary>The host itself dies, with its handler: no message is given back, each is hidden until its lease ends.</summary>
    public async Task CrashAsync()
    {
        await _crash.CancelAsync();
        await DisposeAsync();
    }

    /// <summary>No new calls; those in flight may end; then SIGKILL to the handler.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        await _stop.CancelAsync();
        var ending = Task.WhenAll([.. _loops, _front?.StopAsync() ?? Task.CompletedTask]);
        await Task.WhenAny(ending, Task.Delay(_options.Times.Stopping, _crash.Token));
        await _handler.DisposeAsync();
        await ending;
        await (_front?.DisposeAsync() ?? ValueTask.CompletedTask);
        _timers.ForEach(timer => timer.Dispose());
        _stop.Dispose();
        _crash.Dispose();
    }
}
