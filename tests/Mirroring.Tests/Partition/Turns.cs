namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Where an actor waits for its next step.</summary>
internal sealed class Gate
{
    private TaskCompletionSource _reached = New();
    private TaskCompletionSource _opened = New();

    public Task PassAsync()
    {
        _opened = New();
        var opened = _opened.Task;
        _reached.SetResult();
        return opened;
    }

    public Task ReachedAsync() => _reached.Task;

    public void Open()
    {
        _reached = New();
        _opened.SetResult();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Lets actors take one step at a time, never two at once, in an order that only the random numbers decide.</summary>
internal static class Turns
{
    public static async Task RunAsync(Random random, params Func<Gate, Task>[] actors)
    {
        var waiting = new List<(Gate Gate, Task Work)>();
        foreach (var actor in actors)
        {
            var gate = new Gate();
            await ComeToRestAsync(gate, Task.Run(() => actor(gate)));
        }
        while (waiting.Count > 0)
        {
            var next = random.Next(waiting.Count);
            var (gate, work) = waiting[next];
            waiting.RemoveAt(next);
            gate.Open();
            await ComeToRestAsync(gate, work);
        }

        // Until it waits for its next step, or has done all of them.
        async Task ComeToRestAsync(Gate gate, Task work)
        {
            if (await Task.WhenAny(gate.ReachedAsync(), work) == work)
            {
                await work;
                return;
            }
            waiting.Add((gate, work));
        }
    }
}
