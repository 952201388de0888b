using System.Text;
using Mirror.Age.Signatures;
using static Mirror.Mirroring.Tests.Bucket.HeadText;

namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>Heads that are none, and at which stage they fail: nothing but <see cref="ChainException"/>, and nothing of the JSON before the
/// signature.</summary>
public class HostileHeadTests
{
    private static readonly SigningKey Stranger = SigningKey.Generate("stranger");

    private static readonly Dictionary<string, byte[]> Payloads = new()
    {
        ["empty"] = [],
        ["an empty line alone"] = "\n"u8.ToArray(),
        ["unsigned"] = Unsigned(Json),
        ["nothing before the JSON"] = Encoding.UTF8.GetBytes(Json),
        ["no empty line"] = Encoding.UTF8.GetBytes(Text(Signed(Json)).Replace("\n\n", "\n", StringComparison.Ordinal)),
        ["two empty lines"] = Encoding.UTF8.GetBytes(Text(Signed(Json)).Replace("\n\n", "\n\n\n", StringComparison.Ordinal)),
        ["an empty line in front"] = [(byte)'\n', .. Signed(Json)],
        ["lines as Windows ends them"] = Encoding.UTF8.GetBytes(Text(Signed(Json)).Replace("\n", "\r\n", StringComparison.Ordinal)),
        ["the signature alone"] = Encoding.UTF8.GetBytes(Signing.Sign(Encoding.UTF8.GetBytes(Json), "mirror-head")),
        ["by a stranger"] = Signed(Json, Stranger),
        ["for another purpose"] = Signed(Json, ns: "file"),
        ["for a purpose that begins alike"] = Signed(Json, ns: "mirror-head2"),
        ["over other bytes"] = [.. Encoding.UTF8.GetBytes(Signing.Sign("{}"u8, "mirror-head") + "\n"), .. Encoding.UTF8.GetBytes(Json)],
        ["with more behind it"] = [.. Signed(Json), (byte)'\n'],
        ["two signatures, the first a stranger's"] =
            [.. Encoding.UTF8.GetBytes(Stranger.Sign(Encoding.UTF8.GetBytes(Json), "mirror-head")), .. Signed(Json)],
        ["two signatures, the second a stranger's"] =
            [.. Encoding.UTF8.GetBytes(Signing.Sign(Encoding.UTF8.GetBytes(Json), "mirror-head")), .. Signed(Json, Stranger)],
        ["a signature that is no base64"] = Encoding.UTF8.GetBytes(
            $"-----BEGIN SSH SIGNATURE-----\n\u00e9!\n-----END SSH SIGNATURE-----\n\n{Json}"),
        ["a signature of no bytes"] = Encoding.UTF8.GetBytes($"-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----\n\n{Json}"),
        ["a signature without end"] = Encoding.UTF8.GetBytes($"-----BEGIN SSH SIGNATURE-----\n{new string('A', 100_000)}\n\n{Json}"),
    };

    public static TheoryData<string> PayloadNames => [.. Payloads.Keys];

    /// <summary>What the sample becomes when a piece of it is replaced, and how the error names it.</summary>
    public static TheoryData<string, string, string> Illegal => new()
    {
        { "\"format\": 1", "\"format\": 2", "format 2 is newer than this program" },
        { "\"format\": 1", "\"format\": 0", "format 0" },
        { "\"format\": 1,", "", "format is missing" },
        { "\"format\": 1", "\"format\": 1.0", "format is not a whole number" },
        { "\"format\": 1", "\"format\": \"1\"", "format is not a whole number" },
        { "\"ce/routy\"", "null", "mirror is missing" },
        { "\"ce/routy\"", "7", "mirror is not a text" },
        { "\"ce/routy\"", "\"\\ud800\"", "mirror is not Unicode" },
        { "\"ce/routy\"", "\"\\udc00\\ud800\"", "mirror is not Unicode" },
        { "\"ce/routy\"", "\"\\ud83d x\"", "mirror is not Unicode" },
        { "\"ce/routy\"", "\"\u0001\"", "not JSON" },
        { "\"ce/routy\"", "\"\\x\"", "not JSON" },
        { "\"ce/routy\"", new string('[', 100_000), "not JSON" },
        { "\"ce/routy\"", $"{new string('[', 8)}{new string(']', 8)}", "not JSON" },
        { "\"mirror\"", "\"\\ud800irror\"", "" },
        { "\"generation\": 3", "\"generation\": -1", "generation is not a whole number" },
        { "\"generation\": 3", "\"generation\": 3.5", "generation is not a whole number" },
        { "\"generation\": 3", "\"generation\": 03", "not JSON" },
        { "\"generation\": 3", "\"generation\": 9223372036854775808", "generation is not a whole number" },
        { "\"generation\": 3", "\"generation\": 1e400", "generation is not a whole number" },
        { "\"generation\": 3", "\"generation\": NaN", "not JSON" },
        { "\"sequence\": 6, \"object", "\"sequence\": 7, \"object", "the chain does not go from a full bundle to the head's sequence" },
        { "\"object_format\": \"sha1\"", "\"object_format\": \"sha3\\u001b[31m\"", "object_format 'sha3?[31m' is not known" },
        { "\"object_format\": \"sha1\"", "\"object_format\": \"sha256\"", $"'{Id}' is not a sha256 id" },
        { "2026-01-31T10:00:00Z\", \"exp", "2026-02-31T10:00:00Z\", \"exp", "written is not a time" },
        { "2026-01-31T10:00:00Z\", \"exp", "2026-01-31T10:00:00+00:00\", \"exp", "written is not a time" },
        { "2026-01-31T10:00:00Z\", \"exp", "\", \"exp", "written is not a time" },
        { "2026-02-07T10:00:00Z", "10000-01-01T00:00:00Z", "expires is not a time" },
        { "\"head\": \"refs/heads/main\"", "\"head\": \"main\"", "'main' is not a full ref name" },
        { "\"head\": \"refs/heads/main\"", "\"head\": \"\"", "'' is not a full ref name" },
        { "\"head\": \"refs/heads/main\"", "\"head\": \"refs/heads/\\u001b[31m\"", "is not a full ref name" },
        { "\"head\": \"refs/heads/main\"", "\"head\": {}", "head is not a text" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[]", "a ref map needs at least one refspec" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[\"^refs/heads/*\"]", "a ref map needs at least one refspec" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[\"\"]", "is not a refspec" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[\"refs/heads/**\"]", "more than one '*'" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[7]", "managed has what is not a text" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[null]", "managed has what is not a text" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[\"\\ud800\"]", "" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "\"refs/*\"", "managed is not a list" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "null", "managed is not a list" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[\"refs/heads/*\"]", "refs/tags/v1 is not among the managed refs" },
        { "[\"refs/heads/*\", \"refs/tags/*\"]", "[\"refs/*\", \"^refs/heads/main\"]", "refs/heads/main is not among the managed refs" },
        { "\"refs\": {", "\"refs\": 7, \"x\": {", "refs is not an object" },
        { "\"refs/tags/v1\": \"", "\"refs/tags/v1\": 7, \"x\": \"", "refs has what is not a text" },
        { "\"refs/tags/v1\": \"", "\"refs/heads/main\": \"", "not in the order of their names, each once" },
        { "\"refs/tags/v1\": \"", "\"refs/heads/a\": \"", "not in the order of their names, each once" },
        { "\"refs/tags/v1\": \"", "\"refs/tags/a..b\": \"", "'refs/tags/a..b' is not a full ref name" },
        { "\"refs/tags/v1\": \"", "\"refs/tags/\\ud800\": \"", "" },
        { "\"refs/tags/v1\": \"", "\"HEAD\": \"", "'HEAD' is not a full ref name" },
        { "\"refs/tags/v1\": \"", "\"\": \"", "'' is not a full ref name" },
        { "\"refs/tags/v1\": \"", "\"refs/tags/v2\": \"", "the refs are not those of the chain's end" },
        { $"\"refs/tags/v1\": \"{Id}", $"\"refs/tags/v1\": \"{Id}a", "is not an object id" },
        { $"\"refs/tags/v1\": \"{Id}", $"\"refs/tags/v1\": \"{new string('0', 40)}", "is not a sha1 id" },
        { $"\"refs/tags/v1\": \"{Id}", $"\"refs/tags/v1\": \"{new string('b', 40)}", "the refs are not those of the chain's end" },
        { $"\"refs/tags/v1\": \"{Id}", $"\"refs/tags/v1\": \"{new string('b', 100_000)}", "bbbb…" },
        { $"\"refs/tags/v1\": \"{Id}", "\"refs/tags/v1\": \"\\ud800", "" },
        { "\"chain\": [", "\"chain\": [], \"x\": [", "the chain does not go from a full bundle" },
        { "\"chain\": [", "\"chain\": {}, \"x\": [", "chain is not a list" },
        { "\"chain\": [", "\"chain\": [7,", "not an object" },
        { "\"kind\": \"full\"", "\"kind\": \"delta\"", "the chain does not go from a full bundle" },
        { "\"kind\": \"full\"", "\"kind\": \"Full\"", "kind 'Full' is not known" },
        { "\"kind\": \"full\"", "\"kind\": null", "kind is missing" },
        { "\"sequence\": 5", "\"sequence\": 4", "the chain has a gap" },
        { "\"sequence\": 5", "\"sequence\": 6", "the chain has a gap" },
        { "\"sequence\": 5", "\"sequence\": 9223372036854775807", "the chain has a gap" },
        { "\"size\": 1234", "\"size\": -1234", "size is not a whole number" },
        { "\"key\": \"five\"", "\"kay\": \"five\"", "key is missing" },
        { "\"sha256\": \"55\"", "\"sha256\": 55", "sha256 is not a text" },
    };

    [Theory]
    [MemberData(nameof(PayloadNames))]
    public async Task What_is_not_signed_as_it_must_be_fails_before_it_is_read(string name)
    {
        var file = await EncryptAsync(Payloads[name]);

        var failure = await FailureAsync(() => OpenAsync(file), name);

        Assert.Equal(ChainFailure.Signature, failure?.Failure);
        // Who was told to do without looks at the JSON alone, and takes it or finds it malformed.
        var unsigned = await FailureAsync(() => OpenUnsignedAsync(file), name);
        Assert.True(unsigned?.Failure is null or ChainFailure.Signature or ChainFailure.Malformed, $"{unsigned}");
    }

    [Theory]
    [MemberData(nameof(Illegal))]
    public async Task Signed_nonsense_is_malformed_and_says_what_is_wrong(string piece, string instead, string words)
    {
        Assert.Contains(piece, Json, StringComparison.Ordinal);
        var at = Json.IndexOf(piece, StringComparison.Ordinal);
        var json = $"{Json[..at]}{instead}{Json[(at + piece.Length)..]}";

        var failure = await Assert.ThrowsAsync<ChainException>(async () => await OpenAsync(await EncryptAsync(Signed(json))));

        Assert.Equal(ChainFailure.Malformed, failure.Failure);
        Assert.StartsWith("head: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains(words, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.InRange(failure.Message.Length, 0, 500);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("[]")]
    [InlineData("\"\"")]
    [InlineData("{}")]
    [InlineData("{")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":1} x")]
    [InlineData("{\"format\":1,}")]
    [InlineData("// comment\n{\"format\":1}")]
    [InlineData("\ufeff{\"format\":1}")]
    [InlineData("{\"\\ud800\":1}")]
    public async Task Signed_bytes_that_are_no_head_are_malformed(string json)
    {
        var failure = await Assert.ThrowsAsync<ChainException>(async () => await OpenAsync(await EncryptAsync(Signed(json))));

        Assert.Equal(ChainFailure.Malformed, failure.Failure);
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_malformed()
    {
        foreach (var piece in new[] { "routy", "heads/main\": \"", "mirror", "tags/*", "five" })
        {
            var at = Json.IndexOf(piece, StringComparison.Ordinal);
            byte[] json = [.. Encoding.UTF8.GetBytes(Json[..at]), 0xff, .. Encoding.UTF8.GetBytes(Json[at..])];

            var failure = await FailureAsync(async () => await OpenUnsignedAsync(await EncryptAsync([(byte)'\n', .. json])), piece);

            Assert.Equal(ChainFailure.Malformed, failure?.Failure);
        }
    }

    [Fact]
    public async Task Every_prefix_of_the_object_and_every_flipped_byte_is_damage_or_for_nobody()
    {
        var file = await EncryptAsync(Signed(Json));
        for (var i = 0; i < file.Length; i++)
        {
            var spoilt = file.ToArray();
            spoilt[i] ^= 0x20;
            Assert.True(
                (await FailureAsync(() => OpenAsync(file.AsMemory(0, i)), $"first {i} bytes"))?.Failure == ChainFailure.DamagedHead,
                $"first {i} bytes");
            var failure = (await FailureAsync(() => OpenAsync(spoilt), $"byte {i}"))?.Failure;
            Assert.True(failure is ChainFailure.DamagedHead or ChainFailure.Undecryptable, $"byte {i}");
        }
    }

    [Fact]
    public async Task Every_prefix_and_every_flipped_byte_of_the_payload_is_not_what_was_signed()
    {
        var payload = Signed(Json);
        for (var i = 0; i < payload.Length; i++)
        {
            var spoilt = payload.ToArray();
            spoilt[i] ^= 0x20;
            var (cut, changed) = (await EncryptAsync(payload[..i]), await EncryptAsync(spoilt));
            Assert.True(
                (await FailureAsync(() => OpenAsync(cut), $"first {i} bytes"))?.Failure == ChainFailure.Signature, $"first {i} bytes");
            Assert.True((await FailureAsync(() => OpenAsync(changed), $"byte {i}"))?.Failure == ChainFailure.Signature, $"byte {i}");
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20260131)]
    public async Task Spoilt_json_that_nobody_signed_is_a_head_or_malformed(int seed)
    {
        var random = new Random(seed);
        for (var i = 0; i < 1500; i++)
        {
            var json = JsonNoise.Spoil(Json, random);
            var file = await EncryptAsync(Unsigned(json));
            var failure = await FailureAsync(() => OpenUnsignedAsync(file), $"seed {seed}, round {i}: {json}");
            Assert.True(failure?.Failure is null or ChainFailure.Malformed, $"seed {seed}, round {i}: {failure}");
        }
    }

    private static string Text(byte[] payload) => Encoding.UTF8.GetString(payload);
}
