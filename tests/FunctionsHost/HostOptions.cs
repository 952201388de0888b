namespace Mirror.Tests.FunctionsHost;

/// <summary>An application to run.</summary>
public sealed record HostOptions
{
    /// <summary>The built package: its folder, or its zip.</summary>
    public required string Package { get; init; }

    /// <summary>The application's settings. <c>AzureFunctionsJobHost__a__b</c> replaces what host.json has at <c>a.b</c>.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The connection string that becomes <c>AzureWebJobsStorage</c>.</summary>
    public string? Storage { get; init; }

    /// <summary>Runs instead of the package's own executable, with the same arguments.</summary>
    public string? Executable { get; init; }

    /// <summary>By which timers fire on their own. Null: only <see cref="FunctionsHost.FireTimerAsync"/> fires them.</summary>
    public TimeProvider? Clock { get; init; }

    public HostTimes Times { get; init; } = new();

    public DeliveryFaults Delivery { get; init; } = new();
}

/// <summary>The host's own times, which no application can set. A test cannot always wait as long as the real host does.</summary>
public sealed record HostTimes
{
    /// <summary>For which a message is hidden, and after which it comes back when the host itself has died. Renewed at half of it.
    /// Whole seconds.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>In which the handler must answer after its start.</summary>
    public TimeSpan Readiness { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Between one health ping and the next.</summary>
    public TimeSpan Ping { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>In which a health ping is answered "at once" by a handler that does nothing for it, on a machine that is busy.</summary>
    public TimeSpan PingAnswer { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Between one look at an empty queue and the next. The real host waits longer from look to look, up to maxPollingInterval.
    /// </summary>
    public TimeSpan Polling { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>That calls in flight get to end when the host stops.</summary>
    public TimeSpan Stopping { get; init; } = TimeSpan.FromMinutes(1);
}
