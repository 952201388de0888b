using System.Buffers.Text;
using System.Text.Json;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>The longest key that a mirror's objects can have: <c>PREFIX/base64url(JSON).bundle.age</c>.</summary>
internal static class ObjectKeySize
{
    /// <summary>The limit of both Azure and S3.</summary>
    public const int Max = ObjectStore.MaxKeySize;

    // The part that does not depend on the mirror, with a SHA-256 id and two numbers of 19 digits.
    private static readonly int FixedSize =
        """{"group":"","project_name":"","commit_sha":"","branch":"","local_branch":"","generation":,"sequence":}""".Length + 64 + 19 + 19;

    public static int Of(string prefix, ConfiguredMirror mirror)
    {
        var json = FixedSize + EncodedSize(mirror.Name) + Longest(mirror.Refs.Sources) + Longest(mirror.Refs.Managed);
        return EncodedSize(prefix) + "/".Length + Base64Url.GetEncodedLength(json) + ".bundle.age".Length;
    }

    private static int Longest(IEnumerable<RefPattern> patterns) => patterns.Max(pattern => EncodedSize(pattern.Text));

    private static int EncodedSize(string text) => JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length;
}
