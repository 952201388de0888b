using Mirror.Git.Tests.Protocol;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Bundles;

/// <summary>Bundles that are none: success or <see cref="BundleException"/>, nothing else, and always an end.</summary>
public class HostileBundleTests
{
    private const string Empty = "PACK\0\0\0\u0002\0\0\0\0";
    private const string V2 = "# v2 git bundle\n";
    private const string V3 = "# v3 git bundle\n";

    // A reader that turns in circles is a failed test, not a stuck build.
    private static readonly TimeSpan Deadline = Hang.Limit;

    public static TheoryData<string, string> Illegal => new()
    {
        { "", "the bundle ends inside its header" },
        { "# v2 git bundle", "the bundle ends inside its header" },
        { V2, "the bundle ends inside its header" },
        { $"{V2}{A} refs/heads/main\n", "the bundle ends inside its header" },
        { "\n", "'' is not the first line of a git bundle of version 2 or 3" },
        { "# v1 git bundle\n", "'# v1 git bundle' is not the first line" },
        { "# v4 git bundle\n", "'# v4 git bundle' is not the first line" },
        { "# v2 git bundle\r\n", @"'# v2 git bundle\x0d' is not the first line" },
        { "# v2 git bundle \n", "'# v2 git bundle ' is not the first line" },
        { " # v2 git bundle\n", "' # v2 git bundle' is not the first line" },
        { "\u00ef\u00bb\u00bf# v2 git bundle\n", @"'\xef\xbb\xbf# v2 git bundle' is not the first line" },
        { "<!DOCTYPE html>\n", "'<!DOCTYPE html>' is not the first line" },
        { "age-encryption.org/v1\n", "'age-encryption.org/v1' is not the first line" },
        { Empty + "\n", @"'PACK\x00\x00\x00\x02\x00\x00\x00\x00' is not the first line" },
        { $"{V2}@object-format=sha1\n", "a capability out of place, 'object-format=sha1'" },
        { $"{V3}{A} refs/heads/main\n@object-format=sha1\n", "a capability out of place" },
        { $"{V3}-{A}\n@object-format=sha256\n", "a capability out of place" },
        { $"{V3}@\n", "bundle capability '' is not supported" },
        { $"{V3}@object-format=\n", "bundle capability 'object-format=' is not supported" },
        { $"{V3}@object-format=sha3\n", "bundle capability 'object-format=sha3' is not supported" },
        { $"{V3}@object-format=sha1 \n", "bundle capability 'object-format=sha1 ' is not supported" },
        { $"{V3}@filter=blob:none\n", "bundle capability 'filter=blob:none' is not supported" },
        { $"{V3}@filter\u001b[31m\n", @"bundle capability 'filter\x1b[31m' is not supported" },
        { $"{V2}-\n", "'' is not a sha1 id" },
        { $"{V2}- {A}\n", "'' is not a sha1 id" },
        { $"{V2}-{A[1..]}\n", $"'{A[1..]}' is not a sha1 id" },
        { $"{V2}-{Zeros}\n", $"'{Zeros}' is not a sha1 id" },
        { $"{V2}-{LongA}\n", $"'{LongA}' is not a sha1 id" },
        { $"{V2}{A} refs/heads/main\n-{B}\n", "a prerequisite after a ref" },
        { $"{V2}{A}\n", "'' is not a ref name" },
        { $"{V2}{A} \n", "'' is not a ref name" },
        { $"{V2}{A} main\n", "'main' is not a ref name" },
        { $"{V2}{A} head\n", "'head' is not a ref name" },
        { $"{V2}{A} refs/heads/a..b\n", "'refs/heads/a..b' is not a ref name" },
        { $"{V2}{A} refs/heads/a b\n", "'refs/heads/a b' is not a ref name" },
        { $"{V2}{A} refs/heads/a\r\n", @"'refs/heads/a\x0d' is not a ref name" },
        { $"{V2}{A} refs/heads/a\0\n", @"'refs/heads/a\x00' is not a ref name" },
        { $"{V2}{A} refs/heads/\u00ff\n", @"'refs/heads/\xff' is not a ref name" },
        { $"{V2}{A}  refs/heads/a\n", "' refs/heads/a' is not a ref name" },
        { $"{V2}{A}\trefs/heads/a\n", @"' is not a sha1 id" },
        { $"{V2}{Zeros} refs/heads/a\n", $"'{Zeros}' is not a sha1 id" },
        { $"{V2}{LongA} refs/heads/a\n", $"'{LongA}' is not a sha1 id" },
        { $"{V3}@object-format=sha256\n{A} refs/heads/a\n", $"'{A}' is not a sha256 id" },
        { $"{V2}zzzz refs/heads/a\n", "'zzzz' is not a sha1 id" },
        { $"{V2} refs/heads/a\n", "'' is not a sha1 id" },
        { $"{V2}{A} refs/heads/{new string('.', 5000)}\n", $"'refs/heads/{new string('.', 89)}' is not a ref name" },
        { $"{V2}\n", "what follows the bundle's header is not a pack" },
        { $"{V2}\nPACK", "what follows the bundle's header is not a pack" },
        { $"{V2}\n{Empty[..^1]}", "what follows the bundle's header is not a pack" },
        { $"{V2}\nKCAP\0\0\0\u0002\0\0\0\0", "what follows the bundle's header is not a pack" },
        { $"{V2}\nPACK\0\0\0\u0004\0\0\0\0", "what follows the bundle's header is not a pack" },
        { $"{V2}\n\n{Empty}", "what follows the bundle's header is not a pack" },
    };

    [Theory]
    [MemberData(nameof(Illegal))]
    public async Task An_illegal_header_says_what_is_wrong(string bundle, string words)
    {
        foreach (var stream in new Stream[] { new MemoryStream(Bytes(bundle)), new StingyStream(Bytes(bundle)) })
        {
            var wrong = await Assert.ThrowsAsync<BundleException>(() => OpenAsync(stream));

            Assert.Contains(words, wrong.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(wrong.Message, char.IsControl);
            Assert.InRange(wrong.Message.Length, 0, 600);
        }
    }

    [Theory]
    [InlineData($"{V2}\n", "sha1: ")]
    [InlineData($"{V3}\n", "sha1: ")]
    [InlineData($"{V3}@object-format=sha1\n\n", "sha1: ")]
    [InlineData($"{V2}-{A}\n-{B} with a comment\n{C} HEAD\n{A} refs/heads/a\n\n", "sha1: -a -b refs/heads/a HEAD")]
    [InlineData($"{V2}-{A} \u00ff\u0001\n\n", "sha1: -a")]
    [InlineData($"{V3}@object-format=sha256\n{LongA} refs/tags/v\n\n", "sha256: refs/tags/v")]
    public async Task Unusual_headers_are_read(string header, string summary)
    {
        var bundle = await OpenAsync(new StingyStream(Bytes(header + Empty)));

        var words = bundle.Header.Prerequisites.Select(id => $"-{id.ToString()[0]}")
            .Concat(bundle.Header.Refs.Select(found => found.Name.Value)).Concat(bundle.Header.Head is null ? [] : ["HEAD"]);
        Assert.Equal(summary, $"{bundle.Header.Format}: {string.Join(' ', words)}");
    }

    [Fact]
    public async Task A_line_has_a_longest_length()
    {
        var comment = new string('c', (16 * 1024) - 1 - $"-{A} ".Length);

        Assert.Single((await OpenAsync(new StingyStream(Bytes($"{V2}-{A} {comment}\n\n{Empty}")))).Header.Prerequisites);
        var wrong = await Assert.ThrowsAsync<BundleException>(() => OpenAsync(new MemoryStream(Bytes($"{V2}-{A} {comment}c\n\n{Empty}"))));
        Assert.Equal("bundle header: a line of more than 16384 bytes", wrong.Message);
    }

    [Theory]
    [InlineData("", "x", "a line of more than")]
    [InlineData(V2, "x", "a line of more than")]
    [InlineData(V2, "-" + A + "\n", "more than 2000000 prerequisites")]
    [InlineData(V2, A + " refs/heads/x\n", "more than 2000000 refs")]
    [InlineData(V2, A + " HEAD\n", "more than 4000100 lines")]
    [InlineData(V3, "@object-format=sha1\n", "more than 4000100 lines")]
    public async Task What_goes_on_and_on_has_an_end(string beginning, string again, string words)
    {
        var pieces = Bytes(string.Concat(Enumerable.Repeat(again, 200)));
        using var cancellation = new CancellationTokenSource(Deadline);

        var wrong = await Assert.ThrowsAsync<BundleException>(
            () => Bundle.OpenAsync(new EndlessStream(Bytes(beginning), pieces), cancellation.Token));

        Assert.Contains(words, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_prefix_is_whole_up_to_its_pack_or_refused()
    {
        var bytes = await SampleAsync();
        var packAt = bytes.Length - EmptyPack.Of(ObjectFormat.Sha256).Length;
        for (var size = 0; size <= bytes.Length; size++)
        {
            var isRead = await IsReadAsync(bytes[..size], $"first {size} of {bytes.Length} bytes");
            Assert.True(isRead == size >= packAt + PackHeader.Size, $"first {size} of {bytes.Length} bytes: read is {isRead}");
        }
    }

    [Fact]
    public async Task A_flipped_bit_is_success_or_a_bundle_exception()
    {
        var bytes = await SampleAsync();
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            var spoilt = bytes.ToArray();
            spoilt[bit / 8] ^= (byte)(1 << (bit % 8));
            await IsReadAsync(spoilt, $"bit {bit}");
        }
    }

    [Fact]
    public async Task Noise_and_doubled_or_lost_pieces_are_success_or_a_bundle_exception()
    {
        const int seed = 4099;
        var random = new Random(seed);
        var bytes = await SampleAsync();
        for (var i = 0; i < 2000; i++)
        {
            var (from, to) = (random.Next(bytes.Length), random.Next(bytes.Length));
            var noise = new byte[random.Next(20)];
            random.NextBytes(noise);
            await IsReadAsync([.. bytes[..from], .. noise, .. bytes[to..]],
                $"seed {seed}, round {i}: from {from} to {to}, {noise.Length} bytes of noise");
        }
    }

    private static Task<byte[]> SampleAsync()
    {
        RefList refs =
            [new(RefName.Parse("refs/heads/main"), ObjectId.Parse(LongA)), new(RefName.Parse("refs/tags/é"), ObjectId.Parse(LongA))];
        var header = new BundleHeader(ObjectFormat.Sha256, refs) { Prerequisites = [ObjectId.Parse(LongA)], Head = ObjectId.Parse(LongA) };
        return BundleFile.BytesAsync(header, EmptyPack.Of(ObjectFormat.Sha256));
    }

    private static Task<Bundle> OpenAsync(Stream stream) => Bundle.OpenAsync(stream, CancellationToken.None).WaitAsync(Deadline);

    /// <summary>Whether it is a bundle. Any exception but the library's own fails the test.</summary>
    private static async Task<bool> IsReadAsync(byte[] bytes, string place)
    {
        try
        {
            var bundle = await OpenAsync(new MemoryStream(bytes));
            await BundleFile.ReadToEndAsync(bundle.Pack);
            return true;
        }
        catch (BundleException)
        {
            return false;
        }
        catch (Exception unexpected)
        {
            Assert.Fail($"{place}: {unexpected}");
            throw;
        }
    }
}
