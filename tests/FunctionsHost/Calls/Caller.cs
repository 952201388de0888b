using System.Diagnostics;
using Mirror.Tests.FunctionsHost.Handlers;

namespace Mirror.Tests.FunctionsHost.Calls;

/// <summary>Calls functions, and watches over the time that a call may take.</summary>
internal sealed class Caller(Handler handler, TimeSpan? functionTimeout, Journal journal, CancellationToken crash)
{
    private int _running;
    private int _begun;

    public HandlerClient Client => handler.Client;

    public Journal Journal => journal;

    /// <summary>The sudden end of the host: <see cref="FunctionsHost.CrashAsync"/>.</summary>
    public CancellationToken Crash => crash;

    public int RunningCount => Volatile.Read(ref _running);

    public int BegunCount => Volatile.Read(ref _begun);

    /// <summary>Ends when the call has, with whatever outcome.</summary>
    public Task<FunctionCall> CallAsync(Invocation invocation) =>
        RecordAsync(
            new FunctionCall
            {
                Function = invocation.Function,
                InvocationId = invocation.Id,
                MessageId = invocation.MessageId,
                DequeueCount = invocation.DequeueCount,
                Outcome = CallOutcome.Lost,
                Reason = null,
                Began = DateTimeOffset.UtcNow,
                Duration = TimeSpan.Zero,
            },
            (process, cancellation) => PostAsync(invocation, process, cancellation));

    /// <summary>Does something that is a call, within the time that there is for one, and writes down what became of it.</summary>
    public async Task<FunctionCall> RecordAsync(FunctionCall call, Func<HandlerProcess, CancellationToken, Task<Verdict>> act)
    {
        Interlocked.Increment(ref _running);
        Interlocked.Increment(ref _begun);
        var clock = Stopwatch.StartNew();
        try
        {
            var verdict = await ActAsync(call, act);
            call = call with { Outcome = verdict.Outcome, Reason = verdict.Reason, Duration = clock.Elapsed };
            if (verdict.Outcome != CallOutcome.Succeeded)
            {
                journal.Log(LogSeverity.Error, "host", $"{call.Function} ({call.InvocationId}): {verdict.Reason}");
            }
            journal.Add(call);
            return call;
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    private async Task<Verdict> ActAsync(FunctionCall call, Func<HandlerProcess, CancellationToken, Task<Verdict>> act)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(crash);
        HandlerProcess? process = null;
        try
        {
            process = await handler.ReadyAsync(crash);
            if (functionTimeout is { } limit)
            {
                deadline.CancelAfter(limit);
            }
            return await act(process, deadline.Token);
        }
        catch (HandlerGoneException e)
        {
            return Verdict.Failure(e.Message);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return Verdict.Failure($"the handler did not answer: {e.Message}");
        }
        catch (OperationCanceledException) when (crash.IsCancellationRequested)
        {
            return new Verdict(CallOutcome.Lost, "the host was killed");
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            journal.Violate(
                $"{call.Function}: a call took longer than functionTimeout, {functionTimeout}, and all others were killed with it");
            process?.Kill();
            return new Verdict(CallOutcome.TimedOut, $"took longer than {functionTimeout}");
        }
    }

    private async Task<Verdict> PostAsync(Invocation invocation, HandlerProcess process, CancellationToken cancellation)
    {
        using var request = invocation.ToRequest(Client.Port);
        using var response = await Client.SendAsync(request, cancellation);
        var answer = await Answer.ReadAsync(response, cancellation);
        foreach (var line in answer.Lines)
        {
            journal.Log(LogSeverity.Information, $"Function.{invocation.Function}.User", line);
        }
        return answer.Verdict ?? await HangAsync(invocation.Function, process, cancellation);
    }

    /// <summary>The host takes such an answer for none at all, and waits on.</summary>
    private async Task<Verdict> HangAsync(string function, HandlerProcess process, CancellationToken cancellation)
    {
        journal.Violate($"{function}: an answer with nothing in it, or null, hangs until functionTimeout");
        await process.Ended.WaitAsync(cancellation);
        return Verdict.Failure("the handler died while the host waited for an answer with something in it");
    }
}
