namespace Mirror.Tests.FunctionsHost;

/// <summary>What happened so far, in the order in which it did.</summary>
internal sealed class Journal
{
    // The host takes what follows such a word for a message to itself, not for the handler's own words.
    private static readonly string[] ForbiddenBeginnings = ["LanguageWorkerConsoleLog", "azfuncjsonlog:"];

    private readonly Lock _lock = new();
    private readonly List<FunctionCall> _calls = [];
    private readonly List<LogLine> _logs = [];
    private readonly List<string> _violations = [];

    public IReadOnlyList<FunctionCall> Calls => Copy(_calls);

    public IReadOnlyList<LogLine> Logs => Copy(_logs);

    public IReadOnlyList<string> Violations => Copy(_violations);

    public void Add(FunctionCall call) => Add(_calls, call);

    public void Violate(string what) => Add(_violations, what);

    public void Log(LogSeverity severity, string source, string text) =>
        Add(_logs, new LogLine(DateTimeOffset.UtcNow, severity, source, text));

    public void LogOutput(string line) => LogLineOf("stdout", LogSeverity.Information, line);

    /// <summary>A line of stderr is an error, unless it says of itself that it is a warning.</summary>
    public void LogError(string line) =>
        LogLineOf("stderr", line.Contains("warn", StringComparison.OrdinalIgnoreCase) ? LogSeverity.Warning : LogSeverity.Error, line);

    private void LogLineOf(string source, LogSeverity severity, string line)
    {
        Log(severity, source, line);
        if (Array.Find(ForbiddenBeginnings, word => line.StartsWith(word, StringComparison.OrdinalIgnoreCase)) is { } word)
        {
            Violate($"a line of {source} begins with '{word}'");
        }
    }

    private void Add<T>(List<T> list, T item)
    {
        lock (_lock)
        {
            list.Add(item);
        }
    }

    private List<T> Copy<T>(List<T> list)
    {
        lock (_lock)
        {
            return [.. list];
        }
    }
}
