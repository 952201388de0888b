using Mirror.Tests.FunctionsHost.Timers;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>What a function is called for. The binding is the name of the value in the call's body.</summary>
internal abstract record Trigger(string Binding);

internal sealed record QueueTrigger(string Binding, string Queue, string ConnectionString, bool IsBinary) : Trigger(Binding);

internal sealed record TimerTrigger(string Binding, CronSchedule Schedule, TimerRetry? Retry) : Trigger(Binding);

internal sealed record HttpTrigger(string Binding, string Route, IReadOnlyList<string> Methods, KeyNeeded Key) : Trigger(Binding);

/// <summary>authLevel.</summary>
internal enum KeyNeeded
{
    None,
    Function,
    Master,
}

/// <summary>A function of the package; its name is its folder's.</summary>
internal sealed record Function(string Name, Trigger Trigger);
