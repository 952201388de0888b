using System.Text.RegularExpressions;
using Mirror.Git;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Outcome;

/// <summary>The words for failures are a promise: to scripts, and to the page that explains them.</summary>
public sealed partial class ReasonTests
{
    private const string TableHead = "| reason | the run is | what it means | what to do |\n|---|---|---|---|\n";

    [Fact]
    public void The_document_lists_every_reason_as_the_program_does()
    {
        var page = File.ReadAllText(Page);
        var prose = page.Split(TableHead)[0];
        var expected = prose + TableHead + string.Concat(Reason.All.Select(Row));
        if (Environment.GetEnvironmentVariable("MIRROR_WRITE_DOCS") == "1")
        {
            File.WriteAllText(Page, expected);
        }

        Assert.Equal(expected, File.ReadAllText(Page));
    }

    [Fact]
    public void Each_word_is_there_once_and_fit_for_scripts()
    {
        Assert.Equal(Reason.All.Count, Reason.All.Select(reason => reason.Word).Distinct().Count());
        Assert.All(Reason.All, reason => Assert.Matches(Word(), reason.Word));
        Assert.All(Reason.All, reason => Assert.Same(reason, Reason.Named(reason.Word)));
    }

    [Fact]
    public void Whatever_happens_to_a_mirror_has_a_reason()
    {
        Assert.All(Enum.GetValues<RemoteFailure>(), failure => Assert.NotNull(Reason.TryOf(new RemoteException(failure, "r", "s", "m"))));
        Assert.All(Enum.GetValues<ChainFailure>(), failure => Assert.NotNull(Reason.TryOf(new ChainException(failure, "m"))));
        Assert.Equal(Enum.GetValues<StorageFailure>().Length,
            Reason.All.Count(reason => reason.Word.StartsWith("store-", StringComparison.Ordinal)));
        Assert.Null(Reason.TryOf(new InvalidOperationException()));
    }

    [Fact]
    public void A_word_of_another_release_is_kept_as_a_failure()
    {
        var reason = Reason.Named("from-the-future");

        Assert.Equal(("from-the-future", OutcomeKind.Failed, null), (reason.Word, reason.Kind, reason.NextAction));
    }

    private static string Row(Reason reason) =>
        $"| `{reason.Word}` | {reason.Kind.ToString().ToLowerInvariant()} | {reason.Meaning} | "
            + $"{reason.NextAction ?? "as the message says"} |\n";

    private static string Page => Path.Combine(Documents.Folder, "reasons.md");

    [GeneratedRegex("^[a-z]+(-[a-z]+)*$")]
    private static partial Regex Word();
}
