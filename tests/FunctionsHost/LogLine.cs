namespace Mirror.Tests.FunctionsHost;

public enum LogSeverity
{
    Information,
    Warning,
    Error,
}

/// <summary>A line of the host's log. The source is <c>stdout</c> or <c>stderr</c> of the handler, <c>Function.NAME.User</c> for what a
/// call answered in its <c>Logs</c>, or <c>host</c>.</summary>
public sealed record LogLine(DateTimeOffset Time, LogSeverity Severity, string Source, string Text);
