namespace Mirror.Git;

/// <summary>How remotes are reached. One for a whole run; nothing here belongs to a single remote.</summary>
public sealed record RemoteSettings
{
    /// <summary>git http-backend's own keep-alives come every 5 s; five minutes of silence are a dead peer.</summary>
    public static readonly TimeSpan DefaultSilence = TimeSpan.FromMinutes(5);

    /// <summary>A target without keep-alives may be silent while it resolves the deltas of a large pack and runs its hooks.</summary>
    public static readonly TimeSpan DefaultReportSilence = TimeSpan.FromMinutes(30);

    /// <summary>
    /// A source may count and compress objects for long before the pack begins, and say so all the time. A host whose runs have a deadline
    /// sets that instead. The refs of a source, which it has at hand, may take no longer than <see cref="Silence"/>.
    /// </summary>
    public static readonly TimeSpan DefaultPreparation = TimeSpan.FromMinutes(30);

    /// <summary>A target may index a very large pack and run its hooks for longer, if it says something meanwhile.</summary>
    public static readonly TimeSpan DefaultReportLimit = TimeSpan.FromHours(2);

    public required HttpAccess Http { get; init; }

    /// <summary>
    /// Finds the credentials for a URL; asked before the first request, and again when a server says 401, or 403 to somebody. Then it is
    /// given those that were refused, so that it does not give what it has kept.
    /// </summary>
    public Func<Uri, Credential?, CancellationToken, ValueTask<Credential?>> FindCredential { get; init; } = (_, _, _) =>
        ValueTask.FromResult<Credential?>(null);

    /// <summary>The command line that starts ssh, as GIT_SSH_COMMAND has it: a shell reads it.</summary>
    public string SshCommand { get; init; } = "ssh";

    /// <summary>
    /// Whether git checks every object that is pushed to a local path, as its <c>transfer.fsckObjects</c> has it. A server decides that by
    /// its own settings.
    /// </summary>
    public bool ChecksObjects { get; init; }

    /// <summary>Variables of ours that git, ssh and hooks do not get, beside those of <see cref="Transport.ChildEnvironment"/>: what
    /// the configuration names as secrets.</summary>
    public IReadOnlyCollection<string> SecretVariables { get; init; } = [];

    /// <summary>Whether a text has a known secret in it. A variable that has one is not passed on, whatever its name.</summary>
    public Func<string, bool> HoldsSecret { get; init; } = _ => false;

    /// <summary>What we call ourselves. It begins with <c>git/</c>, since forges tell Git clients from browsers by that.</summary>
    public string Agent { get; init; } = "git/mirror";

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public TimeSpan Silence { get; init; } = DefaultSilence;

    /// <summary>How long a target may be silent before it reports, and say something that is no report after it.</summary>
    public TimeSpan ReportSilence { get; init; } = DefaultReportSilence;

    /// <summary>How long progress and keep-alives may go on before a pack begins.</summary>
    public TimeSpan Preparation { get; init; } = DefaultPreparation;

    /// <summary>How long progress and keep-alives may go on until a push has been reported.</summary>
    public TimeSpan ReportLimit { get; init; } = DefaultReportLimit;
}
