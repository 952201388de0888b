using Mirror.Git.Protocol;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

public class FetchV0Tests
{
    private const string Full = "multi_ack thin-pack side-band side-band-64k ofs-delta no-progress multi_ack_detailed agent=git/2.39.5";

    private static readonly FetchRequest Update = new([ObjectId.Parse(A), ObjectId.Parse(B)], [ObjectId.Parse(B), ObjectId.Parse(C)]);

    [Fact]
    public async Task The_request_says_what_we_can_do_on_its_first_line_alone()
    {
        var connection = new FakeConnection(Of("NAK\n", "\u0001PACK", Flush));

        await RunAsync(connection, Full, Update);

        Assert.Equal(
            [Text(Of($"want {A} multi_ack_detailed thin-pack ofs-delta no-progress side-band-64k agent=git/test\n", $"want {B}\n", Flush,
                $"have {B}\n", $"have {C}\n", "done\n"))],
            connection.Requests);
    }

    [Fact]
    public async Task What_the_server_does_not_offer_is_not_asked_for()
    {
        var connection = new FakeConnection(Bytes($"{Line("NAK\n")}PACK"));

        var (_, pack) = await RunAsync(connection, "", Update with { Haves = [] });

        Assert.Equal("PACK", pack);
        Assert.Equal([Text(Of($"want {A}\n", $"want {B}\n", Flush, "done\n"))], connection.Requests);
    }

    [Theory]
    [InlineData("NAK\n", "")]
    [InlineData($"ACK {B} common\n|ACK {C} common\n|ACK {C}\n", $"{B} {C}")]
    [InlineData($"ACK {B} common\n|NAK\n", B)]
    [InlineData($"ACK {B}\n", B)]
    [InlineData($"ACK {B}", B)]
    // upload-pack.c says "ready" of a have that it does *not* have, once it has seen enough of the others.
    [InlineData($"ACK {B} common\n|ACK {C} ready\n|ACK {B}\n", B)]
    [InlineData($"ACK {B} continue\n|NAK\n", B)]
    public async Task Acknowledgments_come_before_the_pack(string lines, string expected)
    {
        var (common, pack) = await RunAsync(new FakeConnection(Of([.. lines.Split('|'), "\u0001PA", "\u0001CK", Flush])), Full, Update);

        Assert.Equal((expected, "PACK"), (common, pack));
    }

    [Fact]
    public async Task Without_a_side_band_the_pack_is_what_follows()
    {
        var (common, pack) = await RunAsync(
            new FakeConnection(new StingyStream(Bytes($"{Line($"ACK {B}\n")}PACK0000 and so on"))), "ofs-delta", Update);

        Assert.Equal((B, "PACK0000 and so on"), (common, pack));
    }

    [Theory]
    [InlineData(RemoteFailure.Disconnected, "")]
    [InlineData(RemoteFailure.Disconnected, $"ACK {B} common\n")]
    [InlineData(RemoteFailure.Disconnected, "NAK\n")]
    [InlineData(RemoteFailure.Disconnected, "NAK\n|\u0001PA")]
    [InlineData(RemoteFailure.Refused, "ERR no\n")]
    [InlineData(RemoteFailure.Refused, "NAK\n|\u0001PA|\u0003out of memory")]
    [InlineData(RemoteFailure.Moved, $"ERR upload-pack: not our ref {A}\n")]
    [InlineData(RemoteFailure.Malformed, "0000")]
    [InlineData(RemoteFailure.Malformed, "0001")]
    [InlineData(RemoteFailure.Malformed, "nak\n")]
    [InlineData(RemoteFailure.Malformed, "NAK x\n")]
    [InlineData(RemoteFailure.Malformed, "ACK\n")]
    [InlineData(RemoteFailure.Malformed, "ACK \n")]
    [InlineData(RemoteFailure.Malformed, "ACK  common\n")]
    [InlineData(RemoteFailure.Malformed, $"ACK {A}\n")]
    [InlineData(RemoteFailure.Malformed, $"ACK {A} common\n")]
    [InlineData(RemoteFailure.Malformed, $"ACK {A} ready\n")]
    [InlineData(RemoteFailure.Malformed, $"ACK {LongA}\n")]
    [InlineData(RemoteFailure.Malformed, "shallow-info\n")]
    [InlineData(RemoteFailure.Malformed, "\u0001PACK")]
    [InlineData(RemoteFailure.Malformed, "NAK\n|NAK\n")]
    [InlineData(RemoteFailure.Malformed, "NAK\n|PACK")]
    public async Task Anything_else_has_a_reason(RemoteFailure reason, string lines)
    {
        var connection = new FakeConnection(lines.Length == 0 ? [] : Of(lines.Split('|')));

        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => RunAsync(connection, Full, Update));

        Assert.Equal(reason, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    private static async Task<(string Common, string Pack)> RunAsync(FakeConnection connection, string capabilities, FetchRequest request)
    {
        var terms = new Terms(Capabilities.Parse(Bytes(capabilities)), "git/test");
        var fetch = await FetchV0.RunAsync(connection, terms, request, CancellationToken.None);
        using var pack = new MemoryStream();
        await fetch.Pack.CopyToAsync(pack);
        return (string.Join(' ', fetch.Common.Order()), Text(pack.ToArray()));
    }
}
