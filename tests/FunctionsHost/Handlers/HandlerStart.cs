namespace Mirror.Tests.FunctionsHost.Handlers;

/// <summary>How the handler is started, each time.</summary>
internal sealed record HandlerStart
{
    public required string Executable { get; init; }

    public required IReadOnlyList<string> Arguments { get; init; }

    public required string Folder { get; init; }

    /// <summary>The whole of it: nothing is inherited from the tests.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The same after a restart.</summary>
    public required int Port { get; init; }
}
