using Mirror.Git.Protocol;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

public class MovedRefTests
{
    [Theory]
    // git, in a line of the protocol and on the error output of its program
    [InlineData($"upload-pack: not our ref {A}", true)]
    [InlineData($"git upload-pack: not our ref {LongA}", true)]
    [InlineData($"fatal: git upload-pack: not our ref {A}", true)]
    [InlineData($"fatal: git upload-pack: not our ref {A}; Connection closed", true)]
    [InlineData($"Welcome; fatal: git upload-pack: not our ref {A}", true)]
    [InlineData($"not our ref {A}", true)]
    [InlineData("not our ref", true)]
    // JGit
    [InlineData($"want {A} not valid", true)]
    [InlineData($"want {LongA} not valid", true)]
    // not a moved ref
    [InlineData("Your token is not valid", false)]
    [InlineData("the access token is expired or not valid.", false)]
    [InlineData("not valid", false)]
    [InlineData("want to log in? this key is not valid", false)]
    [InlineData($"certificate {A} not valid", false)]
    [InlineData("upload-pack: not our ref! read the manual", false)]
    [InlineData("this is not our ref", false)]
    [InlineData("upload-pack: not our reference", false)]
    [InlineData($"unknown ref {A}", false)]
    [InlineData("", false)]
    public void Only_git_s_own_words_are_a_ref_that_moved(string said, bool isMoved)
    {
        Assert.Equal(isMoved, MovedRef.IsSaidBy(said));
        Assert.Equal(isMoved ? RemoteFailure.Moved : RemoteFailure.Refused, GitProtocolException.Refused(Bytes($"{said}\n")).Failure);
    }
}
