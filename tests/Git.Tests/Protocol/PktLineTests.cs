using System.Buffers;
using Mirror.Git.Protocol;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Protocol;

public class PktLineTests
{
    [Theory]
    [InlineData("", "0004")]
    [InlineData("a\n", "0006a\n")]
    [InlineData("foobar\n", "000bfoobar\n")]
    public void Lines_are_written_as_gitprotocol_common_has_them(string payload, string line)
    {
        var writer = new ArrayBufferWriter<byte>();

        PktLine.Write(writer, payload);

        Assert.Equal(line, Wire.Text(writer.WrittenSpan.ToArray()));
    }

    [Fact]
    public void The_largest_line_is_git_s_and_one_byte_more_is_refused()
    {
        var writer = new ArrayBufferWriter<byte>();

        PktLine.Write(writer, new byte[65516]);

        Assert.Equal(65520, writer.WrittenCount);
        Assert.Equal("fff0", Wire.Text(writer.WrittenSpan[..4].ToArray()));
        Assert.Throws<ArgumentException>(() => PktLine.Write(writer, new byte[65517]));
    }

    [Theory]
    [InlineData("0000", 0)]
    [InlineData("0001", 1)]
    [InlineData("0002", 2)]
    [InlineData("0004", 4)]
    [InlineData("00a0", 160)]
    [InlineData("00A0", 160)]
    [InlineData("fff0", 65520)]
    public void Lengths_are_four_hexadecimal_digits(string prefix, int size) => Assert.Equal(size, PktLine.ParseSize(Wire.Bytes(prefix)));

    [Theory]
    [InlineData("0003")]
    [InlineData("fff1")]
    [InlineData("ffff")]
    [InlineData("-001")]
    [InlineData("+00a")]
    [InlineData("0x0a")]
    [InlineData(" 00a")]
    [InlineData("00a ")]
    [InlineData("00g0")]
    [InlineData("<htm")]
    [InlineData("PACK")]
    [InlineData("\0\0\0\0")]
    [InlineData("\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("00a")]
    [InlineData("")]
    public void Other_lengths_are_malformed(string prefix)
    {
        var failure = Assert.Throws<GitProtocolException>(() => PktLine.ParseSize(Wire.Bytes(prefix)));

        Assert.Equal(RemoteFailure.Malformed, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Theory]
    [InlineData("0", "a pkt-line's length")]
    [InlineData("000", "a pkt-line's length")]
    [InlineData("0006", "a pkt-line")]
    [InlineData("0006a", "a pkt-line")]
    [InlineData("fff0aaaa", "a pkt-line")]
    public async Task A_line_that_ends_too_soon_is_a_broken_connection(string bytes, string where)
    {
        var reader = new PktReader(new MemoryStream(Wire.Bytes(bytes)));

        var failure = await Assert.ThrowsAsync<GitProtocolException>(() => reader.ReadAsync(CancellationToken.None).AsTask());

        Assert.Equal(RemoteFailure.Disconnected, failure.Failure);
        Assert.EndsWith($"inside {where}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_end_between_two_lines_is_for_the_reader_to_judge()
    {
        var reader = new PktReader(new MemoryStream(Wire.Of("a", Wire.Flush)));

        Assert.Equal(PktKind.Data, (await reader.ReadAsync(CancellationToken.None)).Kind);
        Assert.Equal(PktKind.Flush, (await reader.ReadAsync(CancellationToken.None)).Kind);
        Assert.Equal(PktKind.EndOfStream, (await reader.ReadAsync(CancellationToken.None)).Kind);
        Assert.Equal(PktKind.EndOfStream, (await reader.ReadAsync(CancellationToken.None)).Kind);
    }

    [Theory]
    [InlineData("a\n", "a")]
    [InlineData("a\n\n", "a\n")]
    [InlineData("a", "a")]
    [InlineData("\n", "")]
    [InlineData("", "")]
    public void The_text_of_a_line_is_without_its_end(string payload, string text) =>
        Assert.Equal(text, Wire.Text(new PktLine(PktKind.Data, Wire.Bytes(payload)).Text.ToArray()));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Lines_of_all_sizes_come_out_as_they_went_in_however_the_stream_cuts_them(int seed)
    {
        var random = new Random(seed);
        int[] sizes = [0, 1, 65515, 65516, .. Enumerable.Range(0, 60).Select(_ => random.Next(random.Next(1, 65517)))];
        var writer = new ArrayBufferWriter<byte>();
        var payloads = sizes.Select(size => new byte[size]).ToList();
        foreach (var payload in payloads)
        {
            random.NextBytes(payload);
            PktLine.Write(writer, payload);
        }
        var reader = new PktReader(new CuttingStream(writer.WrittenSpan.ToArray(), random));
        foreach (var payload in payloads)
        {
            var line = await reader.ReadAsync(CancellationToken.None);
            Assert.True(line.Kind == PktKind.Data && line.Payload.Span.SequenceEqual(payload), $"seed {seed}, size {payload.Length}");
        }
        Assert.Equal(PktKind.EndOfStream, (await reader.ReadAsync(CancellationToken.None)).Kind);
    }

    [Fact]
    public async Task What_follows_the_lines_can_be_read_as_it_is()
    {
        var reader = new PktReader(new StingyStream(Wire.Bytes($"{Wire.Line("NAK\n")}PACKand more")));
        await reader.ReadAsync(CancellationToken.None);

        var rest = new MemoryStream();
        var one = new byte[5];
        for (int size; (size = await reader.ReadRawAsync(one, CancellationToken.None)) > 0;)
        {
            rest.Write(one, 0, size);
        }

        Assert.Equal("PACKand more", Wire.Text(rest.ToArray()));
    }

    /// <summary>Gives as many bytes as chance says.</summary>
    private sealed class CuttingStream(byte[] bytes, Random random) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(random.Next(1, 100_000), buffer.Length)], cancellationToken);
    }
}
