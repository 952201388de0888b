using Mirror.Git.Protocol;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

public class LsRefsTests
{
    [Fact]
    public void The_request_names_every_prefix_once_and_HEAD()
    {
        string[] patterns = ["refs/heads/*", "refs/heads/*", "refs/tags/v*", "main"];

        var request = LsRefs.Request(
            patterns.Select(RefPattern.Parse), Capabilities.OfLines(["ls-refs=unborn", "object-format=sha256"]), "git/test");

        Assert.Equal(
            Of("command=ls-refs\n", "agent=git/test\n", "object-format=sha256\n", Delimiter, "peel\n", "symrefs\n", "unborn\n",
                "ref-prefix refs/heads/\n", "ref-prefix refs/tags/v\n", "ref-prefix refs/heads/main\n", "ref-prefix HEAD\n", Flush),
            request.ToArray());
    }

    [Fact]
    public void What_the_server_does_not_offer_is_not_asked_for() =>
        Assert.Equal(
            Of("command=ls-refs\n", "agent=git/test\n", Delimiter, "peel\n", "symrefs\n", "ref-prefix HEAD\n", Flush),
            LsRefs.Request([], Capabilities.OfLines(["ls-refs"]), "git/test").ToArray());

    [Theory]
    [InlineData("0000", "sha1")]
    [InlineData($"{A} HEAD symref-target:refs/heads/main\n|{A} refs/heads/main\n|0000", "sha1 HEAD:main HEAD=a main=a")]
    [InlineData("unborn HEAD symref-target:refs/heads/main\n|0000", "sha1 HEAD:main")]
    [InlineData($"{A} HEAD\n|0000", "sha1 HEAD=a")]
    [InlineData($"{A} refs/tags/v peeled:{B}\n|0000", "sha1 v=a^b")]
    [InlineData($"{A} refs/tags/v symref-target:refs/tags/w peeled:{B} colour:red\n|0000", "sha1 v=a^b")]
    [InlineData($"{A} refs/heads/main|0000", "sha1 main=a")]
    [InlineData($"{LongA} refs/heads/main peeled:{LongA}\n|0000", "sha256 main=a^a")]
    [InlineData($"{A} refs/heads/a..b\n|{A} refs/remotes/origin/HEAD symref-target:refs/remotes/origin/main\n|0000",
        "sha1 refs/remotes/origin/HEAD=a !refs/heads/a..b")]
    [InlineData($"{A} HEAD symref-target:HEAD\n|0000", "sha1 HEAD=a")]
    public async Task Lines_are_ids_names_and_attributes(string lines, string listing) =>
        Assert.Equal(listing, (await ReadAsync(lines)).Summary());

    [Theory]
    [InlineData(RemoteFailure.Disconnected, $"{A} refs/heads/main\n")]
    [InlineData(RemoteFailure.Refused, "ERR no\n|0000")]
    [InlineData(RemoteFailure.Malformed, "0001")]
    [InlineData(RemoteFailure.Malformed, "0002")]
    [InlineData(RemoteFailure.Malformed, "\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A}\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A} \n|0000")]
    [InlineData(RemoteFailure.Malformed, "unborn\n|0000")]
    [InlineData(RemoteFailure.Malformed, "nonsense refs/heads/main\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A} refs/heads/a\n|{LongA} refs/heads/b\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A} refs/tags/v peeled:\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A} refs/tags/v peeled:{LongA}\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A} refs/tags/v peeled:{A}\u001b\n|0000")]
    public async Task Anything_else_has_a_reason(RemoteFailure reason, string lines)
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => ReadAsync(lines));

        Assert.Equal(reason, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    private static Task<RefListing> ReadAsync(string lines) =>
        LsRefs.ReadAsync(
            new PktReader(new MemoryStream(Of(lines.Split('|')))), [RefPattern.Parse("refs/*")], format: null, CancellationToken.None);
}
