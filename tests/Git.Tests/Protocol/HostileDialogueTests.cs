using Mirror.Git.Protocol;
using Mirror.Git.Transport;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Protocol;

/// <summary>
/// Valid dialogues, spoilt: cut after every byte, with one bit flipped, or in drips. Success or the library's own exception, nothing else.
/// </summary>
public class HostileDialogueTests
{
    // A decoder that turns in circles is a failed test, not a stuck build.
    private static readonly TimeSpan Deadline = Hang.Limit;

    private static readonly Dictionary<string, Sample> Dialogues = new()
    {
        ["opening of version 2"] = new(
            Of("# service=git-upload-pack\n",
                Flush, "version 2\n", "agent=git/2.39.5\n", "ls-refs=unborn\n", "fetch=shallow wait-for-done\n", Flush),
            async answer => string.Join(' ',
                (await Opening.ReadAsync(new PktReader(answer), patterns: null, CancellationToken.None)).Capabilities.ValuesOf("fetch"))),
        ["opening of version 0"] = new(
            Of($"{A} HEAD\0multi_ack side-band-64k symref=HEAD:refs/heads/main\n",
                $"{A} refs/heads/main\n", $"{B} refs/tags/v\n", $"{C} refs/tags/v^{{}}\n", Flush),
            ListAsync),
        ["opening of a target"] = new(
            Of("version 1\n", $"{A} refs/heads/main\0report-status object-format=sha1\n", $"{B} .have\n", $"shallow {C}\n", Flush),
            ListAsync),
        ["opening of an empty target"] = new(
            Of($"{Zeros} capabilities^{{}}\0report-status report-status-v2 delete-refs side-band-64k\n", Flush),
            ListAsync),
        ["list of refs"] = new(
            Of($"{A} HEAD symref-target:refs/heads/main\n", $"{A} refs/heads/main\n", $"{B} refs/tags/v peeled:{C}\n", "unborn x\n", Flush),
            async answer =>
                (await LsRefs.ReadAsync(new PktReader(answer), [RefPattern.Parse("refs/*")], format: null, CancellationToken.None))
                    .Summary()),
        ["answer of version 2"] = new(
            Of("acknowledgments\n", $"ACK {B}\n",
                "ready\n", Delimiter, "packfile\n", "\u0002Counting\n", "\u0001PACK and so on", "\u0001", "\u0001more", Flush),
            answer => FetchAsync(answer, FetchV2.RunAsync, "fetch=shallow")),
        ["answer of version 0"] = new(
            Of($"ACK {B} common\n",
                $"ACK {C} ready\n", $"ACK {B}\n", "\u0002Counting\n", "\u0001PACK and so on", "\u0001", "\u0001more", Flush),
            answer => FetchAsync(answer, FetchV0.RunAsync, "multi_ack_detailed side-band-64k")),
        ["report"] = new(
            Of("\u0002hook\n", $"\u0001{Line("unpack ok\n")}0014ok re",
                $"\u0001fs/heads/a\n{Line("ng refs/heads/b hook declined\n")}", "\u000100", "\u000100", "\u0002bye", Flush),
            answer => ReportAsync(answer, "report-status side-band-64k")),
        ["report without side-band"] = new(
            Of("unpack index-pack failed\n", "ng refs/heads/a no\n", "ok refs/heads/b\n", $"option new-oid {A}\n", Flush),
            answer => ReportAsync(answer, "report-status")),
    };

    public static TheoryData<string> Names => [.. Dialogues.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task One_byte_at_a_time_is_the_same(string name)
    {
        var (bytes, readAsync) = Dialogues[name];

        Assert.Equal(await readAsync(new MemoryStream(bytes)), await readAsync(new StingyStream(bytes)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_prefix_is_an_error_of_the_connection_or_a_report_that_is_whole(string name)
    {
        var (bytes, readAsync) = Dialogues[name];
        var whole = await readAsync(new MemoryStream(bytes));
        for (var size = 0; size < bytes.Length; size++)
        {
            var outcome = await OutcomeAsync(readAsync, bytes[..size]);
            var isFine = outcome == $"{RemoteFailure.Disconnected}" || (name == "report" && outcome == whole && size > bytes.Length - 20);
            Assert.True(isFine, $"{name}, first {size} of {bytes.Length} bytes: {outcome}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_flipped_bit_is_success_or_the_library_s_own_exception(string name)
    {
        const int seed = 20260131;
        var random = new Random(seed);
        var (bytes, readAsync) = Dialogues[name];
        for (var i = 0; i < 600; i++)
        {
            var (at, bit) = (random.Next(bytes.Length), random.Next(8));
            var spoilt = bytes.ToArray();
            spoilt[at] ^= (byte)(1 << bit);
            await OutcomeAsync(readAsync, spoilt, $"seed {seed}, {name}, bit {bit} of byte {at}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Noise_and_doubled_or_lost_pieces_are_success_or_the_library_s_own_exception(string name)
    {
        const int seed = 4099;
        var random = new Random(seed);
        var (bytes, readAsync) = Dialogues[name];
        for (var i = 0; i < 300; i++)
        {
            var (from, to) = (random.Next(bytes.Length), random.Next(bytes.Length));
            var noise = new byte[random.Next(20)];
            random.NextBytes(noise);
            byte[] spoilt = [.. bytes[..from], .. noise, .. bytes[to..]];
            await OutcomeAsync(readAsync, spoilt, $"seed {seed}, {name}, round {i}: from {from} to {to}, {noise.Length} bytes of noise");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Plausible_lines_in_any_order_are_success_or_the_library_s_own_exception(string name)
    {
        const int seed = 77003;
        var readAsync = Dialogues[name].ReadAsync;
        for (var i = 0; i < 500; i++)
        {
            await OutcomeAsync(readAsync, Babble(new Random(seed + i)), $"seed {seed}, {name}, round {i}");
        }
    }

    /// <summary>Lines that one side or the other says somewhere: some of them, most as they are, in any order, some very often.</summary>
    private static byte[] Babble(Random random)
    {
        var said = new List<byte>();
        for (var count = random.Next(1, 30); count > 0; count--)
        {
            var line = Bytes(Vocabulary[random.Next(Vocabulary.Length)]);
            if (random.Next(4) == 0)
            {
                // Inside a side-band, most often one that exists.
                line = [(byte)(random.Next(8) == 0 ? random.Next(256) : random.Next(1, 4)), .. line];
            }
            if (random.Next(12) == 0 && line.Length > 0)
            {
                line[random.Next(line.Length)] = (byte)random.Next(256);
            }
            byte[] packet = random.Next(3) switch
            {
                0 => Bytes(new[] { Flush, Delimiter, Flush, ResponseEnd, "0004", "0003", "fff1", "" }[random.Next(8)]),
                1 when random.Next(20) == 0 => line,
                _ => Bytes(Line(Text(line))),
            };
            for (var times = random.Next(25) == 0 ? 20_000 / (packet.Length + 1) : 1; times > 0; times--)
            {
                said.AddRange(packet);
            }
        }
        return [.. said];
    }

    private static readonly string[] Vocabulary =
    [
        "", "\0", "\n", "# service=git-upload-pack\n", "# service=git-receive-pack\n", "version 1\n", "version 2\n", "version 3\n",
        "agent=git/2.39.5\n", "ls-refs=unborn\n", "fetch=shallow wait-for-done\n", "object-format=sha1\n", "object-format=sha256\n",
        $"{A} HEAD\n", $"{A} HEAD\0side-band-64k symref=HEAD:refs/heads/main\n", $"{Zeros} capabilities^{{}}\0report-status\n",
        $"{A} refs/heads/main\0report-status object-format=md5\n", $"{A} refs/heads/main\n", $"{B} refs/tags/v\n",
        $"{C} refs/tags/v^{{}}\n", $"{LongA} refs/heads/main\n", $"{Zeros} refs/heads/zero\n", $"{B} .have\n", $"shallow {C}\n",
        $"unshallow {C}\n", $"{A} refs/tags/v peeled:{C}\n", $"{A} refs/tags/v peeled:\n", "unborn HEAD symref-target:refs/heads/main\n",
        $"{A} refs/heads/\u00ff\n", $"{A} {new string('x', 5000)}\n", $"{A} ../../etc\n", $"{A}\n", "acknowledgments\n", $"ACK {B}\n",
        $"ACK {A}\n", $"ACK {B} common\n", $"ACK {B} ready\n", "ready\n", "NAK\n", "packfile\n", "shallow-info\n", "wanted-refs\n",
        "packfile-uris\n", "PACK\0\0\0\u0002\0\0\0\u0001", "ERR upload-pack: not our ref\n", $"ERR {new string('e', 60_000)}",
        "unpack ok\n", "unpack \u001b[31mno\n", "unpack\n", "000eunpack ok\n0014ok refs/heads/a\n0000", "0014ok re", "fs/heads/a\n",
        "0000", "ok refs/heads/a\n", "ok refs/heads/b\n", "ok refs/heads/x\n", "ng refs/heads/a pre-receive hook declined\n",
        $"ng refs/heads/b {new string('n', 60_000)}", "ng refs/heads/b\n", "ng \n", "option refname refs/heads/b\n",
        $"option new-oid {C}\n", "option forced-update\n", "option\n", "Counting objects:   3% (1/30)\r",
    ];

    /// <summary>What was read, or the reason why not. Any other exception fails the test.</summary>
    private static async Task<string> OutcomeAsync(Func<Stream, Task<string>> readAsync, byte[] bytes, string place = "")
    {
        try
        {
            return await Task.Run(() => readAsync(new MemoryStream(bytes))).WaitAsync(Deadline);
        }
        catch (GitProtocolException failure)
        {
            Assert.True(!failure.Message.Any(char.IsControl), $"{place}: {failure.Message}");
            Assert.True(failure.Message.Length < 20_000, $"{place}: a message of {failure.Message.Length} characters");
            return $"{failure.Failure}";
        }
        catch (Exception unexpected)
        {
            Assert.Fail($"{place}: {unexpected}");
            throw;
        }
    }

    private static async Task<string> ListAsync(Stream answer)
    {
        var opening = await Opening.ReadAsync(new PktReader(answer), patterns: null, CancellationToken.None);
        return opening.Listing?.Summary() ?? "version 2";
    }

    private static async Task<string> FetchAsync(Stream answer, RunFetch run, string capabilities)
    {
        var request = new FetchRequest([ObjectId.Parse(A)], [ObjectId.Parse(B), ObjectId.Parse(C)]) { Progress = _ => { } };
        var terms = new Terms(Capabilities.Parse(Bytes(capabilities)), "git/test");
        var fetch = await run(new FakeConnection(answer, new MemoryStream()), terms, request, CancellationToken.None);
        using var pack = new MemoryStream();
        await fetch.Pack.CopyToAsync(pack);
        return $"{string.Join(' ', fetch.Common)} {Text(pack.ToArray())}";
    }

    private static async Task<string> ReportAsync(Stream answer, string capabilities)
    {
        var (a, b) = (RefName.Parse("refs/heads/a"), RefName.Parse("refs/heads/b"));
        var push = new PushRequest([new(a, ObjectId.Parse(A), ObjectId.Parse(B)), new(b, ObjectId.Parse(A), ObjectId.Parse(B))]);
        var report = await new SendPack(Capabilities.Parse(Bytes(capabilities)), "git/test")
            .ReadReportAsync(new PktReader(answer), push, CancellationToken.None);
        return $"{report.UnpackError} {report.Accepted(a)} {report.Accepted(b)} {string.Join(' ', report.Refused)}";
    }

    private delegate Task<Fetch> RunFetch(IServiceConnection connection, Terms terms, FetchRequest request, CancellationToken cancellation);

    private sealed record Sample(byte[] Bytes, Func<Stream, Task<string>> ReadAsync);
}
