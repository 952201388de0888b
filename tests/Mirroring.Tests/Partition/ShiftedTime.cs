namespace Mirror.Mirroring.Tests.Partition;

/// <summary>The real clock, moved by as much as a test says; whoever waits, waits hardly at all.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    public TimeSpan Shift { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Shift;
}
