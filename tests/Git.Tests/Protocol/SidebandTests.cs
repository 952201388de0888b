using Mirror.Git.Protocol;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Protocol;

public class SidebandTests
{
    [Fact]
    public async Task The_first_band_is_the_data_and_ends_at_the_flush()
    {
        var (data, _, _) = await ReadAsync("\u0001PA", "\u0001", "\u0002working\n", "\u0001C", "\u0001K", Wire.Flush, "\u0001more");

        Assert.Equal("PACK", data);
    }

    [Theory]
    [InlineData(RemoteFailure.Malformed, "0004")]
    [InlineData(RemoteFailure.Malformed, "0005\0")]
    [InlineData(RemoteFailure.Malformed, "0005\u0004")]
    [InlineData(RemoteFailure.Malformed, "0008PACK")]
    [InlineData(RemoteFailure.Malformed, "0001")]
    [InlineData(RemoteFailure.Malformed, "0002")]
    [InlineData(RemoteFailure.Malformed, "PACK")]
    [InlineData(RemoteFailure.Refused, "0005\u0003")]
    [InlineData(RemoteFailure.Refused, "0009\u0003dead")]
    [InlineData(RemoteFailure.Moved, "0010\u0003not our ref")]
    [InlineData(RemoteFailure.Disconnected, "")]
    [InlineData(RemoteFailure.Disconnected, "00")]
    [InlineData(RemoteFailure.Disconnected, "0009\u0001PA")]
    public async Task Anything_else_ends_it_with_a_reason(RemoteFailure reason, string end)
    {
        var stream = new SidebandStream(
            new PktReader(new MemoryStream(Wire.Bytes($"{Wire.Line("\u0001data")}{end}"))), new ProgressText(null));
        using var data = new MemoryStream();

        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => stream.CopyToAsync(data));

        Assert.Equal(reason, failure.Failure);
        Assert.Equal("data", Wire.Text(data.ToArray()));
    }

    [Fact]
    public void A_server_s_refusal_is_not_a_book()
    {
        var failure = GitProtocolException.Refused(Wire.Bytes(new string('x', 60_000)));

        Assert.Equal($"the server says: {new string('x', 2000)}…", failure.Message);
    }

    [Fact]
    public async Task Progress_is_lines_wherever_the_packets_cut_them()
    {
        var (_, told, kept) = await ReadAsync(
            "\u0002Counting: 5", "\u0002 done\nCompress", "\u0002ing:  50% (1/2)\rCompressing: 100% (2/2)", "\u0002\r\n",
            "\u0002last words\n", Wire.Flush);

        Assert.Equal(["Counting: 5 done", "Compressing:  50% (1/2)", "Compressing: 100% (2/2)", "last words"], told);
        Assert.Equal(["Counting: 5 done", "last words"], kept);
    }

    [Fact]
    public async Task Progress_cannot_steer_a_terminal_nor_fill_the_memory()
    {
        string[] lines =
            ["\u0002\u001b[31mred\u0007\t\u0000x\u007f\n", .. Enumerable.Range(0, 100).Select(i => $"\u0002{i}{new string('y', 65000)}")];

        var (_, told, kept) = await ReadAsync([.. lines, "\u0002\n", .. Enumerable.Range(0, 50).Select(i => $"\u0002{i}\n"), Wire.Flush]);

        Assert.Equal("[31mred x", told[0]);
        Assert.Equal(1000, told[1].Length);
        Assert.Equal(Enumerable.Range(42, 8).Select(i => $"{i}"), kept);
    }

    [Fact]
    public async Task Last_words_without_an_end_of_line_are_kept_too()
    {
        var (_, told, kept) = await ReadAsync("\u0002first\n", "\u0002disk full", Wire.Flush);

        Assert.Equal(["first", "disk full"], told);
        Assert.Equal(["first", "disk full"], kept);
    }

    [Fact]
    public async Task One_byte_at_a_time_is_the_same()
    {
        var stream = new SidebandStream(
            new PktReader(new StingyStream(Wire.Of("\u0001PA", "\u0002x\n", "\u0001CK", Wire.Flush))), new ProgressText(null));
        var one = new byte[1];
        var data = "";
        while (await stream.ReadAsync(one) == 1)
        {
            data += (char)one[0];
        }

        Assert.Equal("PACK", data);
        Assert.Equal(0, await stream.ReadAsync(one));
    }

    private static async Task<(string Data, List<string> Told, IReadOnlyCollection<string> Kept)> ReadAsync(params string[] lines)
    {
        var told = new List<string>();
        var progress = new ProgressText(told.Add);
        using var data = new MemoryStream();
        await new SidebandStream(new PktReader(new MemoryStream(Wire.Of(lines))), progress).CopyToAsync(data);
        return (Wire.Text(data.ToArray()), told, progress.LastLines);
    }
}
