using Mirror.Functions.Jobs;
using Mirror.Functions.Poison;
using Mirror.Functions.Serving;
using Mirror.Functions.Sides;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Status;

/// <summary>The status as it is now, or was a few seconds ago. What cannot be read is said, and what is known besides is shown.</summary>
internal sealed class StatusReader(LiveWorkplace workplaces, Settings settings, TimeProvider time)
{
    // Many may look at once, and reload: the store is listed once for all of them.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    private static readonly (Roles Role, JobKind Job)[] AllJobs = [(Roles.Produce, JobKind.Produce), (Roles.Sync, JobKind.Sync), (Roles.Consume, JobKind.Consume)];

    // A store that lists slowly is not waited for while what was seen before is still good enough. The page says of when it is.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GoodEnough = TimeSpan.FromMinutes(1);

    private readonly Lock _turn = new();
    private readonly JobKind[] _jobs = [.. AllJobs.Where(job => settings.Roles.HasFlag(job.Role)).Select(job => job.Job)];
    private (long Began, Task Look)? _last;
    private volatile Known? _known;
    private volatile string? _problem;

    public async Task<StatusView> ReadAsync(CancellationToken cancellation)
    {
        var look = LastLook();
        var patience = time.GetUtcNow() - _known?.At < GoodEnough ? Patience : Timeout.InfiniteTimeSpan;
        try
        {
            await look.WaitAsync(patience, time, cancellation);
        }
        catch (TimeoutException) when (!look.IsCompleted)
        {
            // The next one who looks sees more.
        }
        return View(_problem);
    }

    /// <summary>The look that is under way, or is not too long ago, or one that begins now: it goes on for all, whoever of them goes away.</summary>
    private Task LastLook()
    {
        lock (_turn)
        {
            if (_last is not { } last || (last.Look.IsCompleted && time.GetElapsedTime(last.Began) > Life))
            {
                _last = last = (time.GetTimestamp(), Task.Run(LookAsync));
            }
            return last.Look;
        }
    }

    private async Task LookAsync()
    {
        using var late = new CancellationTokenSource(settings.Deadline);
        _problem = await LookAsync(late.Token);
    }

    /// <summary>Looks again; says what is wrong with it, and then what was seen before stands.</summary>
    private async Task<string?> LookAsync(CancellationToken cancellation)
    {
        try
        {
            settings.ThrowIfWrong();
            var workplace = await workplaces.GetAsync(cancellation);
            var known = _known is { } before && before.Workplace == workplace ? before : new Known(workplace, BoardOf(workplace));
            if (known.Board is null)
            {
                _known = known with { Mirrors = [.. workplace.Configuration!.Mirrors.Select(Forgotten)], At = time.GetUtcNow() };
                return $"{settings.Configuration.Name}: 'state' is missing, so no run is remembered";
            }
            var mirrors = await known.Board.LookAsync(listing => NamesIn(workplace.Configuration!, listing), cancellation);
            var poison = await PoisonReport.ReadAllAsync(workplace.OpenState(), time.GetUtcNow(), cancellation);
            _known = known with { Mirrors = mirrors, Poison = [.. poison.SelectMany(QueuesOf)], At = time.GetUtcNow() };
            return workplaces.Trouble;
        }
        catch (Exception failure) when (failure is CallException or UsageException or StorageException or SecretException)
        {
            return failure.Message;
        }
    }

    private StatusBoard? BoardOf(Workplace workplace) => workplace.Configuration!.State is null ? null
        : new StatusBoard(workplace.OpenState(), settings.Roles.HasFlag(Roles.Consume) ? workplace.OpenBucket() : null);

    private static IEnumerable<string> NamesIn(MirrorConfiguration configuration, BucketListing? listing) =>
        configuration.Mirrors.Select(mirror => mirror.Name).Concat(listing is null ? [] : AcceptedMirror.In(listing, configuration).Select(accepted => accepted.Name));

    private IEnumerable<PoisonedQueue> QueuesOf(PoisonReport report) =>
        report.Queues.Select(queue => queue with { App = report.App == settings.App ? null : report.App });

    private static RememberedMirror Forgotten(ConfiguredMirror mirror) => new(new MirrorStatus(mirror.Name, null, null), []);

    private StatusView View(string? problem)
    {
        var now = time.GetUtcNow();
        var known = _known;
        Func<string, string> redact = Workplace.Secrets.Redact;
        var terms = new ReportTerms(_jobs, redact, now);
        var mirrors = (known?.Mirrors ?? []).Select(mirror => MirrorReport.Of(mirror, terms with { Objective = known!.ObjectiveOf(mirror.Status.Mirror) }))
            .OrderBy(mirror => mirror.Condition).ThenBy(mirror => mirror.Name, StringComparer.Ordinal);
        return new StatusView(known?.At ?? now, [.. mirrors], problem is null ? null : redact(problem))
        {
            Objective = known?.Workplace.Configuration!.Defaults.Objective ?? terms.Objective,
            Poison = [.. (known?.Poison ?? []).Select(queue => queue with { Reasons = [.. queue.Reasons.Select(reason => reason with { Text = redact(reason.Text) })] })],
        };
    }

    /// <summary>What the last look that went well has seen.</summary>
    private sealed record Known(Workplace Workplace, StatusBoard? Board)
    {
        public Func<string, TimeSpan> ObjectiveOf { get; } = Workplace.Configuration!.Objectives();

        public IReadOnlyList<RememberedMirror> Mirrors { get; init; } = [];

        public IReadOnlyList<PoisonedQueue> Poison { get; init; } = [];

        public DateTimeOffset? At { get; init; }
    }
}
