using Mirror.Git.Protocol;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

public class FetchV2Tests
{
    private static readonly Capabilities Offered = Capabilities.OfLines(["ls-refs", "fetch=shallow wait-for-done", "object-format=sha1"]);

    private static readonly FetchRequest Update = new([ObjectId.Parse(A)], [ObjectId.Parse(B), ObjectId.Parse(C)]);

    private static readonly FetchRequest Clone = new([ObjectId.Parse(A)], []);

    [Fact]
    public async Task A_clone_is_one_request_that_is_done()
    {
        var connection = new FakeConnection(Of("packfile\n", "\u0001PACK", Flush));

        var (common, pack) = await RunAsync(connection, Clone with { Thin = false, OffsetDeltas = false, Progress = _ => { } });

        Assert.Equal(("", "PACK"), (common, pack));
        Assert.Equal(
            [Text(Of("command=fetch\n", "agent=git/test\n", "object-format=sha1\n", Delimiter, $"want {A}\n", "done\n", Flush))],
            connection.Requests);
    }

    [Fact]
    public async Task Very_many_wants_are_one_request_in_pieces()
    {
        var connection = new FakeConnection(Of("packfile\n", "\u0001PACK", Flush));
        var wants = Enumerable.Range(1, 10_000).Select(i => ObjectId.Parse($"{i:x40}")).ToList();

        await RunAsync(connection, Clone with { Wants = wants });

        var request = Assert.Single(connection.Requests);
        Assert.All([wants[0], wants[^1]], want => Assert.Contains($"want {want}\n", request, StringComparison.Ordinal));
        Assert.Equal(wants.Count, request.Split("want ").Length - 1);
        Assert.InRange(connection.LargestPiece, 1, 64 * 1024);
    }

    [Fact]
    public async Task An_update_is_one_request_when_the_server_is_ready()
    {
        var connection = new FakeConnection(Of("acknowledgments\n", $"ACK {B}\n", "ready\n", Delimiter, "packfile\n", "\u0001PACK", Flush));

        var (common, pack) = await RunAsync(connection, Update);

        Assert.Equal((B, "PACK"), (common, pack));
        Assert.Equal(
            [Text(Of("command=fetch\n", "agent=git/test\n", "object-format=sha1\n", Delimiter,
                "thin-pack\n", "ofs-delta\n", "no-progress\n",
                $"want {A}\n", $"have {B}\n", $"have {C}\n", Flush))],
            connection.Requests);
    }

    [Theory]
    [InlineData("NAK\n", "")]
    [InlineData($"ACK {C}\n", C)]
    public async Task An_update_is_two_requests_when_it_is_not(string acknowledgment, string expected)
    {
        var connection = new FakeConnection(Of("acknowledgments\n", acknowledgment, Flush), Of("packfile\n", "\u0001PACK", Flush));

        var (common, pack) = await RunAsync(connection, Update);

        Assert.Equal((expected, "PACK"), (common, pack));
        Assert.Equal(2, connection.Requests.Count);
        Assert.Contains(Line("done\n"), connection.Requests[1], StringComparison.Ordinal);
        Assert.Equal(expected.Length > 0, connection.Requests[1].Contains($"have {C}", StringComparison.Ordinal));
        Assert.DoesNotContain($"have {B}", connection.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Very_many_haves_go_in_several_requests_and_none_is_ready_before_the_last()
    {
        var haves = Enumerable.Range(1, 100_001).Select(i => ObjectId.Parse($"{i:x40}")).ToList();
        var connection = new FakeConnection(
            Of("acknowledgments\n", $"ACK {haves[0]}\n", Flush),
            Of("acknowledgments\n", $"ACK {haves[0]}\n", $"ACK {haves[^1]}\n", "ready\n", Delimiter, "packfile\n", "\u0001PACK", Flush));

        var (common, _) = await RunAsync(connection, Clone with { Haves = haves });

        Assert.Equal($"{haves[0]} {haves[^1]}", common);
        Assert.Equal([true, false], connection.Requests.Select(request => request.Contains("wait-for-done", StringComparison.Ordinal)));
        Assert.EndsWith(Text(Of($"have {haves[0]}\n", $"have {haves[^1]}\n", Flush)), connection.Requests[1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RemoteFailure.Disconnected, "")]
    [InlineData(RemoteFailure.Disconnected, "acknowledgments\n")]
    [InlineData(RemoteFailure.Disconnected, $"acknowledgments\n|ACK {B}\n|ready\n")]
    [InlineData(RemoteFailure.Disconnected, $"acknowledgments\n|ACK {B}\n|ready\n|0001")]
    [InlineData(RemoteFailure.Disconnected, $"acknowledgments\n|ready\n|0001|packfile\n|\u0001PA")]
    [InlineData(RemoteFailure.Refused, "ERR no\n")]
    [InlineData(RemoteFailure.Refused, "acknowledgments\n|ERR no\n")]
    [InlineData(RemoteFailure.Refused, "acknowledgments\n|ready\n|0001|ERR no\n")]
    [InlineData(RemoteFailure.Refused, "acknowledgments\n|ready\n|0001|packfile\n|\u0001PA|\u0003out of memory\n")]
    [InlineData(RemoteFailure.Moved, $"ERR upload-pack: not our ref {A}\n")]
    [InlineData(RemoteFailure.Malformed, "0000")]
    [InlineData(RemoteFailure.Malformed, "0001")]
    [InlineData(RemoteFailure.Malformed, "acknowledgements\n|0000")]
    [InlineData(RemoteFailure.Malformed, "packfile\n|\u0001PACK|0000")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|ready\n|0000")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|NAK\n|0001|packfile\n|\u0001PACK|0000")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|ready\n|0002")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|ACK\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"acknowledgments\n|ACK {B} common\n|0000")]
    [InlineData(RemoteFailure.Malformed, $"acknowledgments\n|ack {B}\n|0000")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|\n|0000")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|ready\n|0001|0000")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|ready\n|0001|PACK")]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|ready\n|0001|packfile\n|PACK")]
    // A pack may only build on what its receiver has: an acknowledgment of anything else is a lie.
    [InlineData(RemoteFailure.Malformed, $"acknowledgments\n|ACK {A}\n|ready\n|0001|packfile\n|\u0001PACK|0000")]
    [InlineData(RemoteFailure.Malformed, $"acknowledgments\n|ACK {LongA}\n|ready\n|0001|packfile\n|\u0001PACK|0000")]
    [InlineData(RemoteFailure.Unsupported, $"acknowledgments\n|ready\n|0001|shallow-info\n|shallow {A}\n|0001|packfile\n|\u0001PACK|0000")]
    public async Task Anything_else_has_a_reason(RemoteFailure reason, string lines)
    {
        var connection = new FakeConnection(lines.Length == 0 ? [] : Of(lines.Split('|')));

        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => RunAsync(connection, Update));

        Assert.Equal(reason, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Theory]
    [InlineData(RemoteFailure.Malformed, "acknowledgments\n|NAK\n|0000")]
    [InlineData(RemoteFailure.Unsupported, $"shallow-info\n|shallow {A}\n|0001|packfile\n|\u0001PACK|0000")]
    [InlineData(RemoteFailure.Malformed, $"wanted-refs\n|{A} refs/heads/main\n|0001|packfile\n|\u0001PACK|0000")]
    [InlineData(RemoteFailure.Malformed, "0000")]
    public async Task What_was_not_asked_for_has_a_reason_too(RemoteFailure reason, string lines)
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => RunAsync(new FakeConnection(Of(lines.Split('|'))), Clone));

        Assert.Equal(reason, failure.Failure);
    }

    private static async Task<(string Common, string Pack)> RunAsync(FakeConnection connection, FetchRequest request)
    {
        var fetch = await FetchV2.RunAsync(connection, new Terms(Offered, "git/test"), request, CancellationToken.None);
        using var pack = new MemoryStream();
        await fetch.Pack.CopyToAsync(pack);
        return (string.Join(' ', fetch.Common.Order()), Text(pack.ToArray()));
    }
}
