using System.Text.Json.Nodes;
using Mirror.Tests.FunctionsHost.Calls;
using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Timers;

/// <summary>One function with a timer: fired by hand, or by a clock; one run at a time.</summary>
internal sealed class TimerLoop(Function function, Caller caller, CancellationToken stop) : IDisposable
{
    private readonly TimerTrigger _trigger = (TimerTrigger)function.Trigger;
    private readonly SemaphoreSlim _turn = new(1);
    private DateTimeOffset? _last;

    public string Name => function.Name;

    /// <summary>Fires at each time of the schedule. Several that have passed, during a run or while the clock stood still, are one run,
    /// past due.</summary>
    public async Task RunAsync(TimeProvider clock)
    {
        var due = _trigger.Schedule.Next(clock.GetUtcNow());
        while (await WaitAsync(due - clock.GetUtcNow(), clock))
        {
            var now = clock.GetUtcNow();
            var next = _trigger.Schedule.Next(due);
            await FireAsync(isPastDue: next <= now, now);
            due = next <= now ? _trigger.Schedule.Next(now) : next;
        }
    }

    /// <summary>A run that fails is repeated as its 'retry' says. The last call is the answer.</summary>
    public async Task<FunctionCall> FireAsync(bool isPastDue, DateTimeOffset now)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            var call = await CallAsync(isPastDue, now);
            for (var count = 0; call.Outcome is CallOutcome.Failed && count < (_trigger.Retry?.MaxCount ?? 0); count++)
            {
                if (!await WaitAsync(_trigger.Retry!.Delay, TimeProvider.System))
                {
                    return call;
                }
                call = await CallAsync(isPastDue, now);
            }
            _last = now;
            return call;
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task<FunctionCall> CallAsync(bool isPastDue, DateTimeOffset now)
    {
        var data = new JsonObject
        {
            ["Schedule"] = new JsonObject { ["AdjustForDST"] = true },
            ["ScheduleStatus"] = _trigger.Schedule.IsUnderAMinute ? null : Status(now),
            ["IsPastDue"] = isPastDue,
        };
        var metadata = new JsonObject { ["sys"] = Invocation.System(function.Name) };
        return caller.CallAsync(new Invocation(function.Name, new() { [_trigger.Binding] = data }, metadata));
    }

    /// <summary>Before the first run, Last is the first moment of the calendar.</summary>
    private JsonObject Status(DateTimeOffset now) => new()
    {
        ["Last"] = _last ?? DateTimeOffset.MinValue,
        ["Next"] = _trigger.Schedule.Next(now),
        ["LastUpdated"] = _last ?? DateTimeOffset.MinValue,
    };

    /// <summary>False: the host stops.</summary>
    private async Task<bool> WaitAsync(TimeSpan time, TimeProvider clock)
    {
        try
        {
            await Task.Delay(time > TimeSpan.Zero ? time : TimeSpan.Zero, clock, stop);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose() => _turn.Dispose();
}
