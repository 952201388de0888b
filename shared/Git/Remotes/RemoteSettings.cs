namespace Mirror.Git;

/// <summary>How remotes are reached. One instance serves a whole run, so it has nothing that belongs to a single remote.</summary>
public sealed record RemoteSettings
{
    /// <summary>git http-backend sends a keep-alive every 5 s, so after five minutes of silence the peer is dead.</summary>
    public static readonly TimeSpan DefaultSilence = TimeSpan.FromMinutes(5);

    /// <summary>A target without keep-alives may be silent while it resolves the deltas of a large pack and runs its hooks.</summary>
    public static readonly TimeSpan DefaultReportSilence = TimeSpan.FromMinutes(30);

    /// <summary>
    /// A source may count and compress objects for a long time before the pack begins, with progress all along. A host whose runs have a
    /// deadline sets a shorter one. Refs may take no longer than <see cref="Silence"/>, since a source need not prepare them.
    /// </summary>
    public static readonly TimeSpan DefaultPreparation = TimeSpan.FromMinutes(30);

    /// <summary>The time for a target to index a very large pack and run its hooks, as long as it sends progress.</summary>
    public static readonly TimeSpan DefaultReportLimit = TimeSpan.FromHours(2);

    public required HttpAccess Http { get; init; }

    /// <summary>
    /// Finds the credentials for a URL. It is asked before the first request, and again after a 401, or a 403 to a request with
    /// credentials. The second time it gets the refused credentials, so that it does not return them from a cache.
    /// </summary>
    public Func<Uri, Credential?, CancellationToken, ValueTask<Credential?>> FindCredential { get; init; } = (_, _, _) =>
        ValueTask.FromResult<Credential?>(null);

    /// <summary>The command line that starts ssh, split by a shell like GIT_SSH_COMMAND.</summary>
    public string SshCommand { get; init; } = "ssh";

    /// <summary>
    /// Whether git checks every object that is pushed to a local path (<c>transfer.fsckObjects</c>). For other targets the server's own
    /// settings decide.
    /// </summary>
    public bool ChecksObjects { get; init; }

    /// <summary>Variables that git, ssh and hooks do not get, besides those of <see cref="Transport.ChildEnvironment"/>: those that the
    /// configuration names as secrets.</summary>
    public IReadOnlyCollection<string> SecretVariables { get; init; } = [];

    /// <summary>Whether a text has a known secret in it. A variable with such a value is not passed on, under any name.</summary>
    public Func<string, bool> HoldsSecret { get; init; } = _ => false;

    /// <summary>Our agent name. It begins with <c>git/</c>, since forges tell Git clients from browsers by that.</summary>
    public string Agent { get; init; } = "git/mirror";

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public TimeSpan Silence { get; init; } = DefaultSilence;

    /// <summary>How long a target may be silent before its report, and how long it may send anything else after the report.</summary>
    public TimeSpan ReportSilence { get; init; } = DefaultReportSilence;

    /// <summary>How long progress and keep-alives may continue before a pack begins.</summary>
    public TimeSpan Preparation { get; init; } = DefaultPreparation;

    /// <summary>How long progress and keep-alives may continue until a push is reported.</summary>
    public TimeSpan ReportLimit { get; init; } = DefaultReportLimit;
}
