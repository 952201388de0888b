using Mirror.Git.Protocol;
using Mirror.Git.Tests.Remotes;
using Mirror.Git.Transport;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

/// <summary>Answers that are not silent and come to nothing: each ends, by a clock that the stream moves, or by what it cost.</summary>
public class UselessAnswerTests
{
    private static readonly RemoteSettings Settings = new() { Http = Remote.Http };
    private static readonly RefPattern[] Everything = [RefPattern.Parse("refs/*")];

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    // No time at all: what ends these is what they cost.
    private static readonly TimeSpan AtOnce = TimeSpan.Zero;

    public static TheoryData<string, string> UselessRefs => new()
    {
        { "v2", "unborn HEAD symref-target:refs/heads/main\n" },
        { "v2", "unborn refs/heads/x\n" },
        { "v2", $"{A} HEAD\n" },
        { "v0", $"{A} HEAD\n" },
        { "v0", $"shallow {A}\n" },
        { "v0", $"{A} capabilities^{{}}\n" },
        { "v0", $"{A} refs/tags/x^{{}}\n" },
        { "v0", $"{A} ^{{}}\n" },
    };

    public static TheoryData<string, string> UselessPackets => new()
    {
        { "v2", "\u0002Counting objects\r" },
        { "v2", "\u0002" },
        { "v2", "\u0001" },
        { "v0", "\u0002Counting objects\r" },
        { "v0", "\u0001" },
    };

    [Theory]
    [MemberData(nameof(UselessRefs))]
    public async Task Lines_without_a_ref_end_as_silence_does(string version, string line)
    {
        var stream = DrippingStream.Of(OneSecond, [FirstRef(version)], [line]);

        var failure = await FailureAsync(() => ListAsync(stream, version));

        Assert.Equal(RemoteFailure.Stalled, failure.Failure);
        Assert.InRange(stream.Elapsed, Settings.Silence, Settings.Silence + FiveSeconds);
    }

    [Theory]
    [MemberData(nameof(UselessRefs))]
    public async Task Lines_without_a_ref_end_however_fast_they_come(string version, string line)
    {
        var stream = new DrippingStream(AtOnce, [Of(FirstRef(version))], [Many(line)]);

        Assert.Equal(RemoteFailure.Malformed, (await FailureAsync(() => ListAsync(stream, version))).Failure);
    }

    [Fact]
    public async Task What_annotated_tags_lead_to_is_of_use_once_for_each()
    {
        // 530 bytes a second of refs, which is too slow, and 1,090 with what they lead to.
        var (tag, peeled) = ($"{A} refs/tags/x\n", $"{B} refs/tags/x^{{}}\n");
        var pair = new DrippingStream(OneSecond, [Of(FirstRef("v0")), .. Enumerable.Repeat(Of([.. Pairs(10)]), 1000), Bytes(Flush)], []);
        var repeated = new DrippingStream(OneSecond, [Of(FirstRef("v0"))], [Of([tag, .. Enumerable.Repeat(peeled, 19)])]);

        await ListAsync(pair, "v0");
        Assert.Equal(RemoteFailure.Stalled, (await FailureAsync(() => ListAsync(repeated, "v0"))).Failure);

        IEnumerable<string> Pairs(int count) => Enumerable.Repeat<string[]>([tag, peeled], count).SelectMany(each => each);
    }

    [Fact]
    public async Task Refs_a_line_a_minute_end_too()
    {
        var stream = DrippingStream.Of(TimeSpan.FromMinutes(1), [], [$"{A} refs/heads/main\n"]);

        Assert.Equal(RemoteFailure.Stalled, (await FailureAsync(() => ListAsync(stream, "v2"))).Failure);
        Assert.InRange(stream.Elapsed, Settings.Silence, 3 * Settings.Silence);
    }

    [Fact]
    public async Task Very_many_refs_of_which_none_is_wanted_are_of_use()
    {
        var many = Enumerable.Repeat(Many($"{A} refs/pull/1/head\n"), 1000);
        var stream = new DrippingStream(FiveSeconds, [Of(FirstRef("v0")), .. many, Bytes(Flush)], []);
        var opening = await Opening.ReadAsync(stream.Reader(Settings), [RefPattern.Parse("refs/heads/*")], CancellationToken.None);

        Assert.Single(opening.Listing!.Refs);
    }

    [Theory]
    [MemberData(nameof(UselessPackets))]
    public async Task A_source_that_never_begins_its_pack_is_given_up(string version, string packet)
    {
        var stream = DrippingStream.Of(FiveSeconds, Before(version), [packet]);

        var failure = await FailureAsync(() => FetchAsync(stream, version));

        Assert.Equal((RemoteFailure.Stalled, true), (failure.Failure, failure.IsFinal));
        Assert.Equal("the pack did not begin in 30 min, with only progress and the like until then", failure.Message);
        Assert.Contains("'deadline'", failure.Advice, StringComparison.Ordinal);
        Assert.InRange(stream.Elapsed, Settings.Preparation, Settings.Preparation + (4 * FiveSeconds));
    }

    [Fact]
    public async Task A_source_may_count_for_as_long_as_the_run_may_take()
    {
        var hours = Settings with { Preparation = TimeSpan.FromHours(6) };
        var counting = Enumerable.Repeat("\u0002Counting objects\r", 359 * 60 / 5);
        var stream = DrippingStream.Of(FiveSeconds, [.. Before("v2"), .. counting, "\u0001PACK", Flush], []);

        Assert.Equal("PACK", await FetchAsync(stream, "v2", hours));
    }

    [Theory]
    [MemberData(nameof(UselessPackets))]
    public async Task Progress_without_end_is_given_up_however_fast_it_comes(string version, string packet)
    {
        var stream = new DrippingStream(AtOnce, [.. Before(version).Select(line => Of(line))], [Many(packet)]);

        Assert.Equal(RemoteFailure.Malformed, (await FailureAsync(() => FetchAsync(stream, version))).Failure);
    }

    [Theory]
    [MemberData(nameof(UselessPackets))]
    public async Task A_source_that_falls_back_to_progress_is_given_up(string version, string packet)
    {
        var stream = DrippingStream.Of(FiveSeconds, [.. Before(version), "\u0001PACK"], [packet]);

        Assert.Equal(RemoteFailure.Stalled, (await FailureAsync(() => FetchAsync(stream, version))).Failure);
        Assert.InRange(stream.Elapsed, Settings.Silence, Settings.Silence + (5 * FiveSeconds));
    }

    [Theory]
    [MemberData(nameof(UselessPackets))]
    public async Task A_source_that_counts_for_long_and_then_sends_is_waited_for(string version, string packet)
    {
        var counting = Enumerable.Repeat(packet, 29 * 60 / 5);
        var stream = DrippingStream.Of(FiveSeconds, [.. Before(version), .. counting, "\u0001PACK", "\u0001and so on", Flush], []);

        Assert.Equal("PACKand so on", await FetchAsync(stream, version));
    }

    [Theory]
    [InlineData("v2", "\u0001x")]
    [InlineData("v0", "\u0001x")]
    [InlineData("raw", "x")]
    public async Task A_pack_at_a_byte_a_second_is_given_up(string version, string piece)
    {
        byte[] bytes = version == "raw" ? Bytes(piece) : Of(piece);
        var stream = new DrippingStream(OneSecond, [.. Before(version).Select(line => Of(line))], [bytes]);

        var failure = await FailureAsync(() => FetchAsync(stream, version));

        Assert.Equal((RemoteFailure.Stalled, "only 301 bytes of the pack in 300 s"), (failure.Failure, failure.Message));
        Assert.InRange(stream.Elapsed, Settings.Silence, Settings.Silence + (2 * FiveSeconds));
    }

    [Fact]
    public async Task A_slow_line_that_still_carries_something_is_waited_for()
    {
        // 1.6 kB a second for eleven hours.
        string[] pack = [.. Enumerable.Repeat($"\u0001{new string('x', 8000)}", 8000)];
        var stream = DrippingStream.Of(FiveSeconds, [.. Before("v2"), .. pack, Flush], []);

        Assert.Equal(64_000_000, (await FetchAsync(stream, "v2")).Length);
    }

    [Fact]
    public async Task A_source_is_not_blamed_for_a_slow_target()
    {
        var stream = DrippingStream.Of(AtOnce, [.. Before("v2"), .. Enumerable.Repeat("\u0001x", 1000), Flush], []);
        var fetch = await BeginAsync(stream, "v2", Settings);
        var one = new byte[1];
        var size = 0;
        while (await fetch.Pack.ReadAsync(one) == 1)
        {
            stream.Rest(Settings.Silence);
            size++;
        }

        Assert.Equal(1000, size);
    }

    [Theory]
    [InlineData("v2", $"ACK {B}\n")]
    [InlineData("v2", "NAK\n")]
    [InlineData("v2", "ready\n")]
    [InlineData("v0", $"ACK {B} common\n")]
    [InlineData("v0", $"ACK {B} ready\n")]
    public async Task Acknowledgments_without_end_are_given_up(string version, string line)
    {
        string[] before = version == "v2" ? ["acknowledgments\n"] : [];
        var fast = new DrippingStream(AtOnce, [.. before.Select(text => Of(text))], [Many(line)]);
        var slow = DrippingStream.Of(FiveSeconds, before, [line]);

        Assert.Equal(RemoteFailure.Malformed, (await FailureAsync(() => FetchAsync(fast, version))).Failure);
        Assert.Equal(RemoteFailure.Stalled, (await FailureAsync(() => FetchAsync(slow, version))).Failure);
    }

    [Theory]
    [InlineData("\u0002Resolving deltas\r")]
    [InlineData("\u0001")]
    public async Task A_target_that_never_reports_is_given_up(string packet)
    {
        var stream = DrippingStream.Of(FiveSeconds, [], [packet]);

        Assert.Equal(RemoteFailure.Stalled, (await FailureAsync(() => ReportAsync(stream))).Failure);
        Assert.InRange(stream.Elapsed, Settings.ReportLimit, Settings.ReportLimit + (2 * FiveSeconds));
    }

    [Fact]
    public async Task A_target_that_works_for_long_and_then_reports_is_waited_for()
    {
        var working = Enumerable.Repeat("\u0002Resolving deltas\r", 110 * 60 / 5);
        var stream = DrippingStream.Of(FiveSeconds, [.. working, Band1("unpack ok\n", "ok refs/heads/a\n", Flush), Flush], []);

        Assert.True((await ReportAsync(stream)).IsComplete);
    }

    [Theory]
    [InlineData("ok refs/heads/a\n")]
    [InlineData("ng refs/heads/a no\n")]
    [InlineData("option forced-update\n")]
    public async Task A_report_without_end_is_no_report(string line)
    {
        var stream = DrippingStream.Of(AtOnce, [Band1("unpack ok\n", "ok refs/heads/a\n")], [Band1(line)]);

        Assert.Equal(RemoteFailure.Malformed, (await FailureAsync(() => ReportAsync(stream))).Failure);
    }

    [Fact]
    public async Task A_reason_for_each_of_very_many_refs_is_a_sentence()
    {
        var reason = new string('x', 60_000);
        var stream = DrippingStream.Of(AtOnce, [Band1("unpack ok\n", $"ng refs/heads/a {reason}\n", Flush), Flush], []);

        Assert.Equal(1000, (await ReportAsync(stream)).Refused.Single().Value.Length);
    }

    [Theory]
    [InlineData(0, "\u0002still here\n")]
    [InlineData(0, "\u0001")]
    [InlineData(0, "\u00010005x")]
    [InlineData(5, "\u0002still here\n")]
    [InlineData(5, "\u0001")]
    [InlineData(5, "\u00010005x")]
    public async Task What_goes_on_after_a_report_ends_and_does_not_undo_it(int seconds, string packet)
    {
        var again = seconds == 0 ? Many(packet) : Of(packet);
        var report = Of(Band1("unpack ok\n", "ok refs/heads/a\n", Flush));
        var stream = new DrippingStream(TimeSpan.FromSeconds(seconds), [report], [again]);

        // What a source may count for is nothing to a target that has reported.
        Assert.True((await ReportAsync(stream, Settings with { Preparation = TimeSpan.FromHours(6) })).IsComplete);
        Assert.InRange(stream.Elapsed, TimeSpan.Zero, Settings.ReportSilence + (4 * FiveSeconds));
    }

    [Fact]
    public void While_a_push_is_sent_the_report_may_be_long_in_coming()
    {
        var stream = new DrippingStream(AtOnce, [], []);
        _ = stream.Reader(Settings);
        var limit = stream.Limit;
        limit.Expect(Awaited.Report);
        limit.Pause();
        Wait(TimeSpan.FromHours(10));

        var began = limit.BeginRead();
        stream.Rest(TimeSpan.FromHours(10));
        limit.Resume();
        stream.Rest(Settings.ReportLimit / 2);
        limit.EndRead(began, 5);
        Wait(Settings.ReportLimit / 4);
        Wait(Settings.ReportLimit / 4);

        Assert.Throws<GitProtocolException>(() => limit.BeginRead());

        void Wait(TimeSpan time)
        {
            var start = limit.BeginRead();
            stream.Rest(time);
            limit.EndRead(start, 5);
        }
    }

    [Fact]
    public async Task Whoever_gives_up_is_heard_even_where_there_is_always_more()
    {
        using var cancellation = new CancellationTokenSource();
        var stream = DrippingStream.Of(AtOnce, ["\u0001PACK"], ["\u0001x"]);
        var pack = new SidebandStream(stream.Reader(Settings), new ProgressText(null));
        await pack.ReadExactlyAsync(new byte[100]);
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pack.CopyToAsync(Stream.Null, cancellation.Token));
    }

    private static string FirstRef(string version) => $"{A} refs/heads/main{(version == "v0" ? "\0x" : "")}\n";

    private static byte[] Many(string line) => Bytes(string.Concat(Enumerable.Repeat(Line(line), 1000)));

    private static string[] Before(string version) => version == "v2" ? ["packfile\n"] : ["NAK\n"];

    private static Task<GitProtocolException> FailureAsync(Func<Task> action) => Assert.ThrowsAsync<GitProtocolException>(action);

    private static Task ListAsync(DrippingStream stream, string version) => version == "v2"
        ? LsRefs.ReadAsync(stream.Reader(Settings), Everything, format: null, CancellationToken.None)
        : Opening.ReadAsync(stream.Reader(Settings), Everything, CancellationToken.None);

    private static async Task<string> FetchAsync(DrippingStream stream, string version, RemoteSettings? settings = null)
    {
        var fetch = await BeginAsync(stream, version, settings ?? Settings);
        using var pack = new MemoryStream();
        await fetch.Pack.CopyToAsync(pack);
        return Text(pack.ToArray());
    }

    private static Task<Fetch> BeginAsync(DrippingStream stream, string version, RemoteSettings settings)
    {
        var connection = new FakeConnection(stream.Reader(settings));
        // Without haves the pack comes in the first answer.
        var haves = version == "v2" && stream.StartsWith("packfile\n") ? Array.Empty<ObjectId>() : [ObjectId.Parse(B)];
        var request = new FetchRequest([ObjectId.Parse(A)], haves) { Progress = _ => { } };
        var offered = version == "raw" ? "" : "side-band-64k multi_ack_detailed fetch=shallow";
        var terms = new Terms(Capabilities.Parse(Bytes(offered)), "git/test");
        return version == "v2"
            ? FetchV2.RunAsync(connection, terms, request, CancellationToken.None)
            : FetchV0.RunAsync(connection, terms, request, CancellationToken.None);
    }

    private static Task<PushReport> ReportAsync(DrippingStream stream, RemoteSettings? settings = null)
    {
        var push = new PushRequest([new(RefName.Parse("refs/heads/a"), ObjectId.Parse(A), ObjectId.Parse(B))]);
        return new SendPack(Capabilities.Parse(Bytes("report-status side-band-64k")), "git/test")
            .ReadReportAsync(stream.Reader(settings ?? Settings), push, CancellationToken.None);
    }
}
