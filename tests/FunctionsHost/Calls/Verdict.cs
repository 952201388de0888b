namespace Mirror.Tests.FunctionsHost.Calls;

/// <summary>What became of a call.</summary>
internal sealed record Verdict(CallOutcome Outcome, string? Reason)
{
    public static Verdict Success { get; } = new(CallOutcome.Succeeded, null);

    public static Verdict Failure(string reason) => new(CallOutcome.Failed, reason);
}
