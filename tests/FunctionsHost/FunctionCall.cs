namespace Mirror.Tests.FunctionsHost;

public enum CallOutcome
{
    Succeeded,
    Failed,

    /// <summary>It took longer than functionTimeout, and the handler was killed for it.</summary>
    TimedOut,

    /// <summary>The host itself was killed before the call ended: see <see cref="FunctionsHost.CrashAsync"/>.</summary>
    Lost,
}

/// <summary>A call that has ended.</summary>
public sealed record FunctionCall
{
    /// <summary>The function's name.</summary>
    public required string Function { get; init; }

    public required string InvocationId { get; init; }

    public required CallOutcome Outcome { get; init; }

    /// <summary>Why it did not succeed.</summary>
    public required string? Reason { get; init; }

    public required DateTimeOffset Began { get; init; }

    public required TimeSpan Duration { get; init; }

    /// <summary>Of the queue's message.</summary>
    public string? MessageId { get; init; }

    /// <summary>How often the message has been handed out so far, this time included.</summary>
    public long? DequeueCount { get; init; }
}
