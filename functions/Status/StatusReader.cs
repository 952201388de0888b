using Mirror.Functions.Jobs;
using Mirror.Functions.Output;
using Mirror.Functions.Poison;
using Mirror.Functions.Serving;
using Mirror.Functions.Runs;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Status;

/// <summary>The current status, or one that is a few seconds old. Failures to read are shown, together with what is known.</summary>
internal sealed class StatusReader(LiveComposition compositions, Settings settings, TimeProvider time)
{
    // Many users may look at once and reload, so the store is listed once for all of them.
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);

    private static readonly (Roles Role, JobKind Job)[] AllJobs = [(Roles.Produce, JobKind.Produce), (Roles.Sync, JobKind.Sync),
        (Roles.Consume, JobKind.Consume)];

    // A slow store is not waited for while the last status is recent enough. The page shows its time.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan GoodEnough = TimeSpan.FromMinutes(1);

    // An older status is still better than a page that does not load.
    private static readonly TimeSpan LongPatience = TimeSpan.FromSeconds(5);

    // If there is no status yet, there is nothing else to show.
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(30);

    // A look that hangs must end, even if calls have no time limit.
    private static readonly TimeSpan MaxLook = TimeSpan.FromMinutes(10);

    private readonly TimeSpan _deadline = settings.Deadline == Timeout.InfiniteTimeSpan
        || settings.Deadline > MaxLook ? MaxLook : settings.Deadline;
    private readonly Lazy<string[]> _faults = new(() => [.. settings.Faults()]);

    private readonly Lock _turn = new();
    private readonly JobKind[] _jobs = [.. AllJobs.Where(job => settings.Roles.HasFlag(job.Role)).Select(job => job.Job)];
    private (long Began, Task Look)? _last;
    private volatile Known? _known;
    private volatile string[] _gaps = [];
    private volatile string? _problem;

    public async Task<StatusView> ReadAsync(CancellationToken cancellation)
    {
        var look = LastLook();
        var (known, isGoodEnough) = (_known, time.GetUtcNow() - _known?.At < GoodEnough);
        try
        {
            await look.WaitAsync(isGoodEnough ? Patience : known is not null ? LongPatience : Shorter(FirstPatience, _deadline / 2),
                time, cancellation);
            return View(_problem);
        }
        catch (TimeoutException) when (!look.IsFaulted)
        {
            // The look continues, and the next request shows its result.
            return View(isGoodEnough || look.IsCompleted ? _problem : Silence());
        }
    }

    private string Silence() => _known is { } known
        ? $"the store has not answered since {Iso8601.Of(known.At)}, of which time this is"
        : "the store, or where the configuration is, has not answered yet, so nothing is known";

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    /// <summary>The current or a recent look, or a new one. It is shared by all requests, and continues if they end.</summary>
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
        using var late = new CancellationTokenSource(_deadline, time);
        try
        {
            _problem = await LookAsync(late.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            _problem = Silence();
        }
    }

    /// <summary>Looks again. Returns the failure, if any; then the last status is kept.</summary>
    private async Task<string?> LookAsync(CancellationToken cancellation)
    {
        try
        {
            settings.ThrowIfWrong();
            var composition = await compositions.GetAsync(cancellation);
            // Before a store is asked, since it may not answer.
            _gaps = [.. ConfigurationGaps.Of(composition.Configuration!, settings.Roles)];
            var known = _known is { } before && before.Composition == composition ? before : new Known(composition, BoardOf(composition));
            if (known.Board is null)
            {
                _known = known with { Mirrors = [.. composition.Configuration!.Mirrors.Select(Forgotten)], At = time.GetUtcNow() };
                return compositions.Trouble;
            }
            var mirrors = await known.Board.LookAsync(listing => NamesInAsync(composition, listing, cancellation), cancellation);
            var poison = await PoisonReport.ReadAllAsync(composition.OpenState(), time.GetUtcNow(), cancellation);
            _known = known with { Mirrors = mirrors, Poison = [.. poison.SelectMany(QueuesOf)], At = time.GetUtcNow() };
            return string.Join(";"
                + " ", new[] { compositions.Trouble, known.Board.Trouble }.OfType<string>()) is { Length: > 0 } trouble ? trouble : null;
        }
        catch (Exception failure) when (failure is CallException or UsageException or StorageException or SecretException)
        {
            return failure.Message;
        }
    }

    private StatusBoard? BoardOf(Composition composition) => composition.Configuration!.State is null ? null
        : new StatusBoard(composition.OpenState(), settings.Roles.HasFlag(Roles.Consume)
            && composition.Configuration.Store is not null ? composition.OpenBucket() : null);

    /// <summary>
    /// The listed and accepted mirrors. The accepted ones are those in the bucket, or, if it does not answer, those with a ledger.
    /// </summary>
    internal static async Task<IEnumerable<string>> NamesInAsync(
        Composition composition, BucketListing? listing, CancellationToken cancellation)
    {
        var configuration = composition.Configuration!;
        var accepted = await AcceptedMirror.KnownAsync(listing, configuration, composition.OpenState(), cancellation);
        return configuration.Mirrors.Select(mirror => mirror.Name).Concat(accepted.Select(each => each.Name));
    }

    private IEnumerable<PoisonedQueue> QueuesOf(PoisonReport report) =>
        report.Queues.Select(queue => queue with { App = report.App == settings.App ? null : report.App });

    private static RememberedMirror Forgotten(ConfiguredMirror mirror) => new(new MirrorStatus(mirror.Name, null, null), []);

    private StatusView View(string? problem)
    {
        var now = time.GetUtcNow();
        var known = _known;
        Func<string, string> redact = compositions.Secrets.Redact;
        var terms = new ReportTerms(_jobs, redact, now);
        var mirrors = (known?.Mirrors ?? []).Select(
            mirror => MirrorReport.Of(mirror, terms with { Objective = known!.ObjectiveOf(mirror.Status.Mirror) }))
            .OrderBy(mirror => mirror.Condition).ThenBy(mirror => mirror.Name, StringComparer.Ordinal);
        string[] problems = [.. problem is null ? [] : new[] { problem }, .. _gaps, .. _faults.Value];
        return new StatusView(known?.At ?? now, [.. mirrors], problems.Length == 0 ? null : redact(string.Join("; ", problems)))
        {
            Objective = known?.Composition.Configuration!.Defaults.Objective ?? terms.Objective,
            Poison = [.. (known?.Poison ?? []).Select(
                queue => queue with { Reasons = [.. queue.Reasons.Select(reason => reason with { Text = redact(reason.Text) })] })],
        };
    }

    /// <summary>The result of the last successful look.</summary>
    private sealed record Known(Composition Composition, StatusBoard? Board)
    {
        public Func<string, TimeSpan> ObjectiveOf { get; } = Composition.Configuration!.Objectives();

        public IReadOnlyList<RememberedMirror> Mirrors { get; init; } = [];

        public IReadOnlyList<PoisonedQueue> Poison { get; init; } = [];

        public DateTimeOffset At { get; init; }
    }
}
