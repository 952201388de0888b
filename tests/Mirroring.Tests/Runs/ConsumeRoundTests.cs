using Mirror.Git;

namespace Mirror.Mirroring.Tests.Runs;

/// <summary>A round is a value: what the next one begins with, and what becomes the outcome, is read from it alone.</summary>
public sealed class ConsumeRoundTests
{
    private static readonly ConsumeRequest Request = new("ce/routy", RemoteUrl.Parse("http://localhost/x.git", "/"));

    private static readonly MirrorError Expired = new(Reason.ExpiredHead, "the head expired");

    private static readonly MirrorError Refused = new(Reason.RefsRefused, "not equal");

    private static readonly ConsumeRound Whole = new()
    {
        Sequence = 7,
        Managed = RefMap.Default,
        Held = Refused,
        Left = Refused,
        Expired = Expired,
        IsProven = true,
        Warnings = ["look"],
        IsDone = true,
        Broken = new InvalidOperationException(),
    };

    [Fact]
    public void The_next_round_keeps_what_was_done_and_nothing_that_was_decided() =>
        Assert.Equal(new ConsumeRound { Sequence = 7, Managed = RefMap.Default }, Whole.Next());

    [Fact]
    public void An_expired_head_holds_the_run()
    {
        var outcome = new ConsumeRound { Expired = Expired, IsProven = true }.Outcome(Request, moved: [], failure: null);

        Assert.Equal((OutcomeKind.Held, Expired, false), (outcome.Kind, outcome.Error, outcome.IsProven));
        Assert.Empty(outcome.Warnings);
    }

    [Fact]
    public void What_is_worse_than_an_expired_head_does_not_hide_it()
    {
        var round = new ConsumeRound { Expired = Expired, Left = Refused, Warnings = ["look"] };
        var outcome = round.Outcome(Request, moved: [], failure: null);

        Assert.Equal(Refused, outcome.Error);
        Assert.Equal(["look", Expired.Message], outcome.Warnings);
    }

    [Fact]
    public void A_failure_comes_before_what_an_earlier_step_has_decided()
    {
        var failure = new MirrorError(Reason.Named("unreachable"), "no answer");

        var outcome = Whole.Outcome(Request, moved: [], failure);

        Assert.Equal((OutcomeKind.Failed, failure, false), (outcome.Kind, outcome.Error, outcome.IsProven));
    }
}
