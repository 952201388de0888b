using Mirror.Functions.Status;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Mirrors to be shown, at a time that stands still.</summary>
internal static class StatusSamples
{
    public const string Hostile = "ce/<script>alert('1')</script>&\"quoted\"";

    public static readonly DateTimeOffset Now = new(2026, 5, 4, 12, 0, 0, TimeSpan.Zero);

    public static MirrorReport Good(string name = "ce/routy") => new(name, Condition.Ok)
    {
        Proven = Now.AddMinutes(-5),
        Lag = TimeSpan.FromMinutes(5),
        Sequence = 3,
        Chain = new ChainSummary(1, 2, 1_234_567),
        Bundles =
        [
            Entry(1, BundleKind.Full, 1_000_000, -300),
            Entry(2, BundleKind.Delta, 34_567, -120),
            Entry(3, BundleKind.Delta, 200_000, -30),
        ],
        Runs =
        [
            ("produce", new RecordedRun(Now.AddMinutes(-30), OutcomeKind.Updated, 3, 200_000, TimeSpan.FromSeconds(1.5))),
            ("produce", new RecordedRun(Now.AddMinutes(-60), OutcomeKind.Failed, 2, 0, TimeSpan.FromSeconds(2))
                { Failure = Failure("unreachable", "no route to host") }),
        ],
    };

    public static MirrorReport Failing(string name = "ce/broken", string message = "git.example.org: read refs: 401") =>
        new(name, Condition.Failing)
        {
            Proven = Now.AddHours(-3),
            Lag = TimeSpan.FromHours(3),
            Errors = [Failure("unauthorized", message)],
        };

    public static StatusView View(params MirrorReport[] mirrors) => new(Now, mirrors, Problem: null);

    private static LedgerFailure Failure(string reason, string message) => new(Now.AddMinutes(-10), Reason.Named(reason), message);

    private static ChainEntry Entry(long sequence, BundleKind kind, long size, int minutes) => new(sequence, kind, "")
    {
        Size = size,
        Sha256 = "",
        HeaderSha256 = "",
        RefsDigest = "",
        Written = Now.AddMinutes(minutes),
    };
}
