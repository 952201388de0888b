using Mirror.Functions.Jobs;
using Mirror.Functions.Status;
using Mirror.Mirroring;
using Mirror.Storage;
using Mirror.Tests.Servers;
using static Mirror.Functions.Tests.Serving.StatusSamples;

namespace Mirror.Functions.Tests.Serving;

/// <summary>The definition of lag as a table: what the runs and the ledgers say, and how late that is.</summary>
public sealed class LagTests
{
    private const string Name = "ce/routy";
    private const string Main = "refs/heads/main";

    private static readonly Dictionary<string, Case> Cases = new()
    {
        ["sync: never run"] = new(null, [JobKind.Sync]),
        ["sync: proven five minutes ago"] = new(5, [JobKind.Sync], ("sync", "proven", 5)),
        ["sync: never proven"] = new(180, [JobKind.Sync], ("sync", "failed", 180), ("sync", "failed", 5)),
        ["sync: proven, then failing"] = new(200, [JobKind.Sync], ("sync", "proven", 200), ("sync", "failed", 30), ("sync", "failed", 5)),
        ["sync: proven, then held"] = new(200, [JobKind.Sync], ("sync", "proven", 200), ("sync", "held", 30)),
        ["produce: never proven"] = new(180, [JobKind.Produce], ("produce", "failed", 180), ("produce", "failed", 5)),
        ["produce: the head is new and some refs are refused"] = new(
            180, [JobKind.Produce], ("produce", "refused", 180), ("produce", "refused", 5))
        {
            Produced = new ProducerLedger(Name) { Published = Head(-5), Failure = Failure("refs-refused") },
        },
        ["produce: unchanged for a week, and proven a minute ago"] = new(1, [JobKind.Produce], ("produce", "proven", 1))
        {
            Produced = new ProducerLedger(Name) { Published = Head(-7 * 24 * 60) },
        },
        ["consume: never run, and nothing to take"] = new(null, [JobKind.Consume]),
        ["consume: never run, and bundles wait"] = new(45, [JobKind.Consume]) { BehindMinutes = 45 },
        ["consume: proven a minute ago, and a bundle waits"] = new(20, [JobKind.Consume], ("consume", "proven", 1))
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-1) },
            BehindMinutes = 20,
        },
        ["consume: failing since before the bundle came"] = new(30, [JobKind.Consume], ("consume", "proven", 40), ("consume", "failed", 30))
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-40), Failure = Failure("unreachable") },
            BehindMinutes = 20,
        },
        ["consume: a protected main was never delivered"] = new(
            180, [JobKind.Consume], ("consume", "refused", 180), ("consume", "refused", 5))
        {
            Consumed = Taken with { SetAside = Protected, Failure = Failure("refs-refused") },
        },
        ["consume: proven, then a ref is refused"] = new(
            30, [JobKind.Consume], ("consume", "proven", 600), ("consume", "refused", 30), ("consume", "refused", 5))
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-600), SetAside = Protected, Failure = Failure("refs-refused") },
        },
        ["consume: proven, then failing"] = new(
            30, [JobKind.Consume], ("consume", "proven", 600), ("consume", "failed", 30), ("consume", "failed", 5))
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-600), Failure = Failure("unreachable") },
        },
        ["consume: proven, then held"] = new(30, [JobKind.Consume], ("consume", "proven", 600), ("consume", "held", 30))
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-600), Failure = Failure("diverged") with { IsHeld = true } },
        },
        ["consume: refs set aside by a program that kept no record"] = new(600, [JobKind.Consume])
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-600), SetAside = Protected },
        },
        ["consume: the head has expired"] = new(8 * 24 * 60, [JobKind.Consume], ("consume", "good", 1))
        {
            Consumed = Taken with
            {
                Proven = Now.AddMinutes(-1),
                HeadWritten = Now.AddDays(-8),
                HeadExpires = Now.AddDays(-1),
            },
        },
        ["consume: unchanged for a week, and proven a minute ago"] = new(0, [JobKind.Consume], ("consume", "proven", 1))
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-1) },
        },
        ["consume: nobody has looked at the target for two days"] = new(2 * 24 * 60, [JobKind.Consume], ("consume", "proven", 2 * 24 * 60))
        {
            Consumed = Taken with { Proven = Now.AddDays(-2) },
        },
        ["both: the producer is late"] = new(90, [JobKind.Produce, JobKind.Consume], ("produce", "proven", 90), ("consume", "proven", 1))
        {
            Consumed = Taken with { Proven = Now.AddMinutes(-1) },
        },
        ["both: the consumer has refs set aside"] = new(
            180, [JobKind.Produce, JobKind.Consume], ("produce", "proven", 1), ("consume", "refused", 180))
        {
            Consumed = Taken with { SetAside = Protected, Failure = Failure("refs-refused") },
        },
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Lag_is_the_age_of_the_oldest_thing_that_may_be_missing(string name)
    {
        var expected = Cases[name].Minutes;

        var report = await ReportAsync(Cases[name]);

        Assert.Equal(expected, report.Lag?.TotalMinutes);
        Assert.Equal(expected > 60, report.IsLate);
    }

    [Fact]
    public async Task Where_an_app_has_both_roles_the_cause_of_the_producer_comes_first()
    {
        var report = await ReportAsync(
            new Case(0, [JobKind.Produce, JobKind.Consume], ("produce", "failed", 9), ("consume", "no-head", 1)));

        Assert.Equal("unreachable", $"{report.Error!.Reason}");
    }

    [Fact]
    public async Task Where_an_app_has_both_roles_a_mirror_is_not_proven_before_both_have_proven_it()
    {
        var report = await ReportAsync(new Case(0, [JobKind.Produce, JobKind.Consume], ("produce", "proven", 9)));

        Assert.Null(report.Proven);
    }

    [Fact]
    public async Task All_forms_of_the_status_show_the_same_lag()
    {
        var report = await ReportAsync(Cases["consume: a protected main was never delivered"]);
        var view = View(report);

        Assert.Contains("3 h, more than 1 h", StatusPage.Of(view, StatusFilter.All, new StatusLinks(null)), StringComparison.Ordinal);
        Assert.Contains("\"proven\":null,\"lag_seconds\":10800,\"objective_seconds\":3600,\"late\":true",
            StatusDocument.Of(view, StatusFilter.All), StringComparison.Ordinal);
        Assert.Contains("mirror_lag_seconds{mirror=\"ce/routy\"} 10800\n", MetricsText.Of(view), StringComparison.Ordinal);
    }

    private static ConsumerLedger Taken => new(Name)
    {
        Generation = 1,
        Sequence = 3,
        HeadWritten = Now.AddHours(-1),
        HeadExpires = Now.AddDays(7),
    };

    private static Dictionary<string, string> Protected => new() { [Main] = "protected branch hook declined" };

    private static PublishedHead Head(int minutes) =>
        new(new ChainPosition(1, 1), "etag") { Signer = "signer", Written = Now.AddMinutes(minutes), PutAt = Now.AddMinutes(minutes) };

    private static async Task<MirrorReport> ReportAsync(Case of)
    {
        var state = ObjectStore.OpenDirectory(Scratch.NewFolder("state"), TimeProvider.System);
        foreach (var (job, what, ago) in of.Runs)
        {
            var ended = new EndedRun(job, Outcome(what), Now.AddMinutes(-ago), text => text);
            await RunRecord.AddAsync(state, ended, CancellationToken.None);
        }
        var mirrors = await new StatusBoard(state, bucket: null)
            .LookAsync(_ => Task.FromResult<IEnumerable<string>>([Name]), CancellationToken.None);
        var kept = Assert.Single(mirrors);
        var behind = of.BehindMinutes is { } minutes ? Now.AddMinutes(-minutes) : (DateTimeOffset?)null;
        var mirror = kept with { Status = new MirrorStatus(Name, of.Produced, of.Consumed) { BehindSince = behind } };
        return MirrorReport.Of(mirror, new ReportTerms(of.Roles, text => text, Now));
    }

    private static MirrorOutcome Outcome(string what) => what switch
    {
        "proven" => new MirrorOutcome(Name, OutcomeKind.Unchanged) { IsProven = true },
        "good" => new MirrorOutcome(Name, OutcomeKind.Unchanged),
        "held" => new MirrorOutcome(Name, OutcomeKind.Held) { Error = Error("diverged") },
        "refused" => new MirrorOutcome(Name, OutcomeKind.Failed) { Error = Error("refs-refused") },
        "no-head" => new MirrorOutcome(Name, OutcomeKind.Failed) { Error = Error("no-head") },
        _ => new MirrorOutcome(Name, OutcomeKind.Failed) { Error = Error("unreachable") },
    };

    private static MirrorError Error(string reason) => new(Reason.Named(reason), "words");

    private static LedgerFailure Failure(string reason) => new(Now.AddMinutes(-5), Reason.Named(reason), "words");

    private sealed record Case(double? Minutes, JobKind[] Roles, params (string Job, string What, int MinutesAgo)[] Runs)
    {
        public ProducerLedger? Produced { get; init; }

        public ConsumerLedger? Consumed { get; init; }

        public int? BehindMinutes { get; init; }
    }
}
