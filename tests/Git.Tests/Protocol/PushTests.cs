using Mirror.Git.Protocol;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

public class PushTests
{
    private const string Full =
        "report-status report-status-v2 delete-refs side-band-64k quiet atomic ofs-delta object-format=sha1 push-options agent=git/2.39.5";

    private static readonly RefCommand Create = new(RefName.Parse("refs/heads/a"), ObjectFormat.Sha1.Null, ObjectId.Parse(A));
    private static readonly RefCommand Update = new(RefName.Parse("refs/heads/b"), ObjectId.Parse(A), ObjectId.Parse(B));
    private static readonly RefCommand Delete = new(RefName.Parse("refs/heads/c"), ObjectId.Parse(C), ObjectFormat.Sha1.Null);

    private static readonly PushRequest Push = new([Create, Update, Delete]);

    [Fact]
    public async Task A_push_is_commands_then_options_then_a_pack()
    {
        var request = Push with
        {
            Atomic = true,
            Options = ["a=b", "c d"],
            WritePack = (body, token) => body.WriteAsync(Bytes("PACK"), token).AsTask(),
        };

        var said = await SaidAsync(Full, request);

        Assert.Equal(
            Text(Of(
                $"{Zeros} {A} refs/heads/a\0 report-status-v2 side-band-64k atomic push-options quiet object-format=sha1 agent=git/test",
                $"{A} {B} refs/heads/b", $"{C} {Zeros} refs/heads/c", Flush, "a=b", "c d", Flush)) + "PACK",
            said);
    }

    [Fact]
    public async Task What_the_server_does_not_offer_is_not_asked_for() =>
        Assert.StartsWith(
            Text(Of($"{A} {B} refs/heads/b\0 report-status", Flush)) + "PACK",
            await SaidAsync("report-status", new PushRequest([Update]) { Options = ["a"] }), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "0000", 20)]
    [InlineData("object-format=sha256", "0000", 32)]
    public async Task A_push_of_refs_alone_brings_an_empty_pack_and_deletes_alone_bring_none(
        string capability, string end, int checksumSize)
    {
        var with = await SaidAsync($"report-status {capability}", new PushRequest([Update, Delete]));
        var without = await SaidAsync($"report-status {capability}", new PushRequest([Delete]));

        Assert.Equal("PACK\0\0\0\u0002\0\0\0\0", with[^(12 + checksumSize)..^checksumSize]);
        Assert.EndsWith(end, without, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Very_many_commands_are_not_held_at_once()
    {
        var commands = Enumerable.Range(0, 20_000).Select(i => Update with { Name = RefName.Parse($"refs/heads/{i}") }).ToList();
        var body = new CountingStream();

        await new SendPack(Capabilities.Parse(Bytes(Full)), "git/test").WriteAsync(new PushRequest(commands), body, CancellationToken.None);

        Assert.InRange(body.LargestWrite, 60_000, 70_000);
    }

    [Theory]
    // many lines in one packet, a line over several, progress between, keep-alives, no line feeds
    [InlineData("a b c", "\u0001000eunpack ok\n0014ok refs/heads/a\n0014ok refs/heads/b\n0014ok refs/heads/c\n0000|0000")]
    [InlineData("a b c", "\u00010|\u000100eunpa|\u0002remote: hi\n|\u0001ck ok\n0014ok refs/heads/a\n00|\u0001|\u000114ok refs/heads/b\n"
        + "0014ok refs/heads/c\n0000|0000")]
    [InlineData("a b c", "\u0001000dunpack ok0013ok refs/heads/a0013ok refs/heads/b0013ok refs/heads/c0000|0000")]
    public async Task The_report_may_be_cut_into_packets_anywhere(string expected, string packets) =>
        Assert.Equal(expected, Summary(await ReadAsync(Full, Of(packets.Split('|')))));

    [Theory]
    [InlineData("a b c", "unpack ok|ok refs/heads/a|ok refs/heads/b|ok refs/heads/c")]
    [InlineData("a b!stale c", "unpack ok|ok refs/heads/a|ng refs/heads/b stale|ok refs/heads/c")]
    [InlineData("a b!hook declined (x) c?", "unpack ok|ok refs/heads/a|ng refs/heads/b hook declined (x)")]
    [InlineData("a b!refused without a reason c?", "unpack ok|ok refs/heads/a|ng refs/heads/b")]
    [InlineData("a? b? c?", "unpack ok")]
    // what a ref was refused for is not undone by a later word, and nothing is taken of a pack that was not
    [InlineData("a b!no c?", "unpack ok|ok refs/heads/a|ng refs/heads/b no|ok refs/heads/b")]
    [InlineData("unpack:disk full a? b? c?", "unpack disk full")]
    [InlineData("unpack:disk full a- b!unpacker error c-",
        "unpack disk full|ok refs/heads/a|ng refs/heads/b unpacker error|ok refs/heads/c")]
    [InlineData("unpack: a? b? c?", "unpack ")]
    // a proc-receive hook did something else, or what was asked, or two things of which one was asked
    [InlineData("a? b c", "unpack ok|ok refs/heads/a|option refname refs/heads/new|ok refs/heads/b|ok refs/heads/c")]
    [InlineData("a b c", "unpack ok|ok refs/heads/a|option refname refs/heads/a|option forced-update|ok refs/heads/b|ok refs/heads/c")]
    [InlineData("a b? c", $"unpack ok|ok refs/heads/a|ok refs/heads/b|option new-oid {C}|ok refs/heads/c")]
    [InlineData("a b c", $"unpack ok|ok refs/heads/a|ok refs/heads/b|option old-oid {C}|option new-oid {B}|ok refs/heads/c")]
    [InlineData("a b? c?", "unpack ok|ok refs/heads/a|option refname refs/heads/x|ok refs/heads/a")]
    public async Task The_report_says_what_became_of_each_ref(string expected, string lines)
    {
        string[] report = [.. lines.Split('|').Select(line => $"{line}\n"), Flush];

        Assert.Equal(expected, Summary(await ReadAsync(Full, Of(Band1(report), Flush))));
    }

    [Fact]
    public async Task Without_a_side_band_the_report_is_plain_lines() =>
        Assert.Equal("a b!no c?",
            Summary(await ReadAsync("report-status", Of("unpack ok\n", "ok refs/heads/a\n", "ng refs/heads/b no\n", Flush))));

    [Fact]
    public async Task What_a_hook_says_is_kept_before_and_after_the_report_and_cannot_steer_a_terminal()
    {
        var report = await ReadAsync(
            Full,
            Of("\u0002before\n", Band1("unpack ok\n", "ng refs/heads/a \u001b[31mred\n", Flush),
                "\u0002\u001b[2Jafter\n", "\u0002last", Flush));

        Assert.Equal(["before", "[2Jafter", "last"], report.Messages);
        Assert.Equal("[31mred", report.Refused.Single().Value);
    }

    [Theory]
    [InlineData("\u0002remote: hi\n")]
    [InlineData("\u0003too late")]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task What_comes_after_a_whole_report_does_not_undo_it(string end)
    {
        var report = await ReadAsync(
            Full, Bytes(Text(Of(Band1("unpack ok\n", "ok refs/heads/a\n", Flush))) + (end.Length > 0 ? Line(end) : "")));

        Assert.Equal("a b? c?", Summary(report));
    }

    [Theory]
    [InlineData(RemoteFailure.Disconnected, "")]
    [InlineData(RemoteFailure.Disconnected, "\u0001000eunpack ok\n")]
    [InlineData(RemoteFailure.Disconnected, "\u0001000eunpack ok\n0014ok refs/heads/a\n|0000")]
    [InlineData(RemoteFailure.Disconnected, "\u0001000eunpack ok\n0014ok refs/he|0000")]
    [InlineData(RemoteFailure.Disconnected, "0000")]
    [InlineData(RemoteFailure.Refused, "\u0003fatal: no\n")]
    [InlineData(RemoteFailure.Refused, "\u0001000eunpack ok\n|\u0003fatal: no\n")]
    [InlineData(RemoteFailure.Refused, "\u0001000aERR no")]
    [InlineData(RemoteFailure.Malformed, "\u00010000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u00010001|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001zzzz|0000")]
    [InlineData(RemoteFailure.Malformed, "unpack ok\n|ok refs/heads/a\n|0000")]
    [InlineData(RemoteFailure.Malformed, "\u00010014ok refs/heads/a\n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000bunpack\n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000eunpack ok\n0014ok refs/heads/x\n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000eunpack ok\n0017ng refs/heads/x no\n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000eunpack ok\n0008ok \n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000eunpack ok\n0008ng \n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000eunpack ok\n0006?\n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000eunpack ok\n0019option forced-update\n0000|0000")]
    [InlineData(RemoteFailure.Malformed, "\u0001000eunpack ok\n0013ok refs/heads/\u00ff\n0000|0000")]
    public async Task Anything_else_has_a_reason(RemoteFailure reason, string lines)
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => ReadAsync(Full, lines.Length == 0 ? [] : Of(lines.Split('|'))));

        Assert.Equal(reason, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Fact]
    public async Task What_the_remote_said_before_it_fell_silent_is_in_the_error()
    {
        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => ReadAsync(Full, Of("\u0002fatal: disk\n", "\u0002is full")));

        Assert.Equal(RemoteFailure.Disconnected, failure.Failure);
        Assert.EndsWith("(it said: fatal: disk; is full)", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_report_leaves_every_ref_unknown()
    {
        var report = await ReadAsync("delete-refs", []);

        Assert.False(report.IsComplete);
        Assert.Equal(Push.Commands.Select(command => command.Name), report.Unknown);
    }

    /// <summary>
    /// Of each ref pushed: as it was to be, <c>!reason</c>, <c>?</c> for not spoken of, <c>-</c> for spoken of and yet not moved.
    /// </summary>
    private static string Summary(PushReport report)
    {
        var refused = report.Refused.ToDictionary();
        var refs = Push.Commands.Select(command => command.Name).Select(name => name.Familiar + (
            report.Accepted(name) ? ""
            : refused.TryGetValue(name, out var reason) ? $"!{reason}"
            : report.Unknown.Contains(name) ? "?" : "-"));
        return string.Join(' ', (string[])[.. report.UnpackError is { } error ? [$"unpack:{error}"] : Array.Empty<string>(), .. refs]);
    }

    private static Task<PushReport> ReadAsync(string capabilities, byte[] answer) =>
        new SendPack(Capabilities.Parse(Bytes(capabilities)), "git/test")
            .ReadReportAsync(new PktReader(new MemoryStream(answer)), Push, CancellationToken.None);

    private static async Task<string> SaidAsync(string capabilities, PushRequest request)
    {
        using var body = new MemoryStream();
        await new SendPack(Capabilities.Parse(Bytes(capabilities)), "git/test").WriteAsync(request, body, CancellationToken.None);
        return Text(body.ToArray());
    }

    private sealed class CountingStream : MemoryStream
    {
        public int LargestWrite { get; private set; }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            LargestWrite = Math.Max(LargestWrite, buffer.Length);
            return ValueTask.CompletedTask;
        }
    }
}
