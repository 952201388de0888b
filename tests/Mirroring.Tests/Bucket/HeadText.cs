using System.Text;
using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;

namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>A head as its parts: the JSON as people would write it, payloads put together by hand, and the keys of both sides.</summary>
internal static class HeadText
{
    public const string Id = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public static readonly AgeIdentity Identity = AgeIdentity.Generate();

    public static readonly SigningKey Signing = SigningKey.Generate("producer");

    private static readonly string Digest =
        RefsDigest.Of(
            [new Ref(RefName.Parse("refs/heads/main"), ObjectId.Parse(Id)), new Ref(RefName.Parse("refs/tags/v1"), ObjectId.Parse(Id))]);

    public static string Json { get; } = $$"""
        {
          "format": 1, "mirror": "ce/routy", "generation": 3, "sequence": 6, "object_format": "sha1",
          "written": "2026-01-31T10:00:00Z", "expires": "2026-02-07T10:00:00Z",
          "head": "refs/heads/main", "managed": ["refs/heads/*", "refs/tags/*"],
          "refs": { "refs/heads/main": "{{Id}}", "refs/tags/v1": "{{Id}}" },
          "chain": [
            { "sequence": 5, "kind": "full", "key": "five", "size": 1234, "sha256": "55", "header_sha256": "05",
              "refs_digest": "older", "written": "2026-01-30T10:00:00Z" },
            { "sequence": 6, "kind": "delta", "key": "six", "size": 12, "sha256": "66", "header_sha256": "06",
              "refs_digest": "{{Digest}}", "written": "2026-01-31T10:00:00Z" }
          ]
        }

        """;

    /// <summary>The same as a value.</summary>
    public static MirrorHead Value { get; } = new("ce/routy", new ChainState(3, ObjectFormat.Sha1)
    {
        Chain =
        [
            new ChainEntry(5, BundleKind.Full, "five")
            { Size = 1234, Sha256 = "55", HeaderSha256 = "05", RefsDigest = "older", Written = Time("2026-01-30T10:00:00Z") },
            new ChainEntry(6, BundleKind.Delta, "six")
            { Size = 12, Sha256 = "66", HeaderSha256 = "06", RefsDigest = Digest, Written = Time("2026-01-31T10:00:00Z") },
        ],
        Managed = ["refs/heads/*", "refs/tags/*"],
        Refs = [new Ref(RefName.Parse("refs/heads/main"), ObjectId.Parse(Id)), new Ref(RefName.Parse("refs/tags/v1"), ObjectId.Parse(Id))],
        Head = RefName.Parse("refs/heads/main"),
    })
    {
        Written = Time("2026-01-31T10:00:00Z"),
        Expires = Time("2026-02-07T10:00:00Z"),
    };

    /// <summary>A payload as the format has it.</summary>
    public static byte[] Signed(string json, SigningKey? key = null, string ns = SealedHead.SignatureNamespace) =>
        Encoding.UTF8.GetBytes($"{(key ?? Signing).Sign(Encoding.UTF8.GetBytes(json), ns)}\n{json}");

    public static byte[] Unsigned(string json) => Encoding.UTF8.GetBytes($"\n{json}");

    /// <summary>A payload, encrypted as it is.</summary>
    public static Task<byte[]> EncryptAsync(byte[] payload) => AgeBytes.EncryptAsync(payload, Identity);

    /// <summary>A head as it lies in the bucket.</summary>
    public static async Task<ReadOnlyMemory<byte>> SealAsync(
        MirrorHead head, SigningKey? key, IReadOnlyList<AgeRecipient> recipients, CancellationToken cancellation)
    {
        var bytes = new MemoryStream();
        await SealedHead.ContentOf(head, key, recipients).WriteAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    public static Task<MirrorHead> OpenAsync(ReadOnlyMemory<byte> head) => OpenAsync(head, [Signing.VerifyingKey]);

    public static Task<MirrorHead> OpenUnsignedAsync(ReadOnlyMemory<byte> head) => OpenAsync(head, trusted: null);

    public static Task<MirrorHead> OpenAsync(ReadOnlyMemory<byte> head, IReadOnlyList<VerifyingKey>? trusted) =>
        SealedHead.OpenAsync(new MemoryStream(head.ToArray()), head.Length, new ConsumerKeys([Identity], trusted), CancellationToken.None);

    /// <summary>The stage at which a payload fails, or null of one that is good. Any other exception fails the test.</summary>
    public static async Task<ChainException?> FailureAsync(Func<Task<MirrorHead>> open, string place)
    {
        try
        {
            await open();
            return null;
        }
        catch (ChainException failure)
        {
            return failure;
        }
        catch (Exception unexpected)
        {
            Assert.Fail($"{place}: {unexpected}");
            throw;
        }
    }

    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    public static void AssertSame(MirrorHead expected, MirrorHead actual)
    {
        Assert.Equal((expected.Mirror, expected.Written, expected.Expires), (actual.Mirror, actual.Written, actual.Expires));
        var (one, other) = (expected.State, actual.State);
        Assert.Equal((one.Generation, one.Sequence, one.Format, one.Head), (other.Generation, other.Sequence, other.Format, other.Head));
        Assert.Equal(one.Chain, other.Chain);
        Assert.Equal(one.Managed, other.Managed);
        Assert.Equal(one.Refs, other.Refs);
    }
}
