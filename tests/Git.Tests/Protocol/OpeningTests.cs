using Mirror.Git.Protocol;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

public class OpeningTests
{
    private const string Caps = "multi_ack side-band-64k ofs-delta symref=HEAD:refs/heads/main agent=git/2.39.5";

    [Theory]
    // git over HTTP, GitHub
    [InlineData("# service=git-upload-pack\n|0000|version 2\n|agent=git/github\n|ls-refs=unborn\n|fetch=shallow wait-for-done filter\n"
        + "|0000")]
    // Gerrit: without the service line
    [InlineData("version 2\n|agent=JGit/6\n|ls-refs=unborn\n|fetch=shallow wait-for-done\n|0000")]
    // without line feeds, and without the flush after the service
    [InlineData("# service=git-upload-pack|version 2|ls-refs=unborn|fetch=wait-for-done|server-option|object-format=sha1|0000")]
    public async Task Version_2_lists_what_the_server_can_do(string lines)
    {
        var opening = await ReadAsync(lines.Split('|'));

        Assert.Equal(2, opening.Version);
        Assert.Null(opening.Listing);
        Assert.True(opening.Capabilities.Has("ls-refs") && opening.Capabilities.Has("ls-refs", "unborn"));
        Assert.True(opening.Capabilities.Has("fetch", "wait-for-done"));
        Assert.False(
            opening.Capabilities.Has("fetch", "wait") || opening.Capabilities.Has("ls") || opening.Capabilities.Has("fetch=shallow"));
    }

    [Theory]
    [InlineData($"{A} HEAD\0{Caps}\n|{A} refs/heads/main\n|0000", "sha1 HEAD:main HEAD=a main=a")]
    [InlineData($"# service=git-upload-pack\n|0000|{A} HEAD\0{Caps}\n|{A} refs/heads/main\n|0000", "sha1 HEAD:main HEAD=a main=a")]
    [InlineData($"version 1\n|{A} refs/heads/main\0{Caps}\n|0000", "sha1 HEAD:main main=a")]
    [InlineData($"{A} refs/heads/main\n|{B} refs/tags/v\n|{C} refs/tags/v^{{}}\n|0000", "sha1 main=a v=b^c")]
    [InlineData($"{A} refs/heads/main\0\n|0000", "sha1 main=a")]
    [InlineData($"{A} refs/heads/main|0000", "sha1 main=a")]
    // no refs: git, git of old, and one whose HEAD is not born
    [InlineData($"{Zeros} capabilities^{{}}\0{Caps}\n|0000", "sha1 HEAD:main")]
    [InlineData("0000", "sha1")]
    [InlineData("# service=git-receive-pack\n|0000|0000", "sha1")]
    // a target's opening: what its alternates have, and where its history is cut
    [InlineData($"{A} refs/heads/main\0report-status\n|{B} .have\n|{B} .have\n|0000", "sha1 main=a .have=b .have=b")]
    [InlineData($"{A} .have\0report-status\n|0000", "sha1 .have=a")]
    [InlineData($"{A} refs/heads/main\0report-status\n|shallow {A}\n|0000", "sha1 main=a")]
    [InlineData($"{LongA} refs/heads/main\0object-format=sha256\n|0000", "sha256 main=a")]
    // names that nobody can mirror are told apart, not refused
    [InlineData($"{A} refs/heads/a b\n|{B} main\n|{C} refs/heads/\u00ff\u0001\n|0000", "sha1 !refs/heads/a b !main !refs/heads/\\xff\\x01")]
    // peeled lines that fit no tag before them
    [InlineData($"{A} refs/tags/v^{{}}\n|{A} refs/tags/w\n|{B} refs/tags/x^{{}}\n|0000", "sha1 w=a")]
    [InlineData($"{A} HEAD\0symref=HEAD:refs/heads/a..b symref=refs/x:refs/y\n|0000", "sha1 HEAD=a")]
    public async Task Before_version_2_the_refs_come_at_once(string lines, string listing) =>
        Assert.Equal(listing, (await ReadAsync(lines.Split('|'))).Listing!.Summary());

    [Theory]
    [InlineData(RemoteFailure.Disconnected, "")]
    [InlineData(RemoteFailure.Disconnected, "# service=git-upload-pack\n|0000")]
    [InlineData(RemoteFailure.Disconnected, "version 2\n|agent=x\n")]
    [InlineData(RemoteFailure.Disconnected, "version 1\n")]
    [InlineData(RemoteFailure.Disconnected, $"{A} refs/heads/main\0x\n")]
    [InlineData(RemoteFailure.Refused, "ERR access denied or repository not exported\n")]
    [InlineData(RemoteFailure.Refused, "# service=git-upload-pack\n|0000|ERR no\n")]
    [InlineData(RemoteFailure.Refused, $"{A} refs/heads/main\n|ERR no")]
    [InlineData(RemoteFailure.Malformed, "0001")]
    [InlineData(RemoteFailure.Malformed, $"{A} refs/heads/main\n|0001|0000")]
    [InlineData(RemoteFailure.Malformed, "version 2\n|agent=x\n|0002")]
    [InlineData(RemoteFailure.Malformed, "version 3\n|0000")]
    [InlineData(RemoteFailure.Malformed, "\n|0000")]
    [InlineData(RemoteFailure.Malformed, "# service|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A}\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A}\trefs/heads/main\n|0000")]
    [InlineData(RemoteFailure.Malformed, " refs/heads/main\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A}a refs/heads/main\n|0000")]
    [InlineData(RemoteFailure.Malformed, "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz refs/heads/main\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{LongA} refs/heads/main\0agent=x\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A} refs/heads/main\0object-format=sha256\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"{A} refs/heads/main\n|{LongA} refs/heads/x\n|0000")]
    [InlineData(RemoteFailure.Unsupported, $"{A} refs/heads/main\0object-format=sha3\u001b[31m\n|0000")]
    public async Task Anything_else_has_a_reason(RemoteFailure reason, string lines)
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => ReadAsync(lines.Length == 0 ? [] : lines.Split('|')));

        Assert.Equal(reason, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Theory]
    [InlineData("<!DOCTYPE html>")]
    [InlineData("0003")]
    [InlineData("\u001f\u008b\u0008\0")]
    public async Task What_is_not_pkt_lines_is_malformed(string bytes)
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(() =>
            Opening.ReadAsync(new PktReader(new MemoryStream(Bytes(bytes))), patterns: null, CancellationToken.None));

        Assert.Equal(RemoteFailure.Malformed, failure.Failure);
    }

    [Fact]
    public async Task Capabilities_that_go_on_and_on_are_malformed()
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(
            () => Opening.ReadAsync(EndlessStream.Reader("version 2\n", "x\n"), patterns: null, CancellationToken.None));

        Assert.Equal(RemoteFailure.Malformed, failure.Failure);
    }

    [Fact]
    public async Task A_name_that_no_push_could_carry_is_told_apart_and_cut()
    {
        var longest = $"refs/heads/{new string('x', 4085)}";

        var listing =
            (await ReadAsync([$"{A} {longest}\n", $"{B} {longest}x\n", $"{B} refs/heads/{new string('.', 60_000)}\n", Flush])).Listing!;

        Assert.Equal([longest], listing.Refs.Select(found => found.Name.Value));
        Assert.Equal(2, listing.Unusable.Count);
        Assert.All(listing.Unusable, name => Assert.Equal(201, name.Length));
    }

    [Theory]
    [InlineData(4000)]
    [InlineData(10)]
    public async Task Refs_that_go_on_and_on_end_before_the_memory_does(int nameSize)
    {
        var reader = EndlessStream.Reader($"{A} refs/heads/main\0x\n", $"{A} refs/heads/{new string('x', nameSize)}\n");
        var before = GC.GetTotalMemory(forceFullCollection: true);

        var failure = await Assert.ThrowsAsync<GitProtocolException>(
            () => Opening.ReadAsync(reader, patterns: null, CancellationToken.None));

        Assert.Equal(RemoteFailure.Unsupported, failure.Failure);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: false) - before, long.MinValue, 1_000_000_000);
    }

    private static Task<Opening> ReadAsync(string[] lines) =>
        Opening.ReadAsync(new PktReader(new MemoryStream(Of(lines))), patterns: null, CancellationToken.None);
}
