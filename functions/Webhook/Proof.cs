using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Mirror.Functions.Webhook;

/// <summary>A request's proof of its sender. It is compared as a digest, in constant time.</summary>
internal abstract record Proof
{
    private const string Algorithm = "sha256=";

    private Proof()
    {
    }

    /// <summary>The proof in a request's headers; null if there is none, or one that cannot be right.</summary>
    public static Proof? Read(Forge forge, Func<string, string?> header) => forge switch
    {
        Forge.GitHub => header("X-Hub-Signature-256") is { } signature && signature.StartsWith(Algorithm, StringComparison.Ordinal)
            && ReadDigest(signature.AsSpan(Algorithm.Length)) is { } digest ? new Signature("", digest) : null,
        Forge.GitLab => header("X-Gitlab-Token") is { Length: > 0 } token ? new Token(token) : null,
        _ => header("X-Mirror-Signature")?.Split(',', StringSplitOptions.TrimEntries) is [var time, var signature]
            && time.StartsWith("t=", StringComparison.Ordinal) && ReadTime(time[2..]) is { } signed
            && signature.StartsWith(Algorithm, StringComparison.Ordinal) && ReadDigest(signature.AsSpan(Algorithm.Length)) is { } digest
            ? new Signature($"{time[2..]}.", digest) { Signed = signed }
            : null,
    };

    /// <summary>When it was signed, if the request says so.</summary>
    public DateTimeOffset? Signed { get; private init; }

    public abstract bool IsBy(string secret, ReadOnlySpan<byte> body);

    private static byte[]? ReadDigest(ReadOnlySpan<char> hex)
    {
        var digest = new byte[SHA256.HashSizeInBytes];
        return hex.Length == 2 * digest.Length && Convert.FromHexString(hex, digest, out _, out _) == OperationStatus.Done ? digest : null;
    }

    private static DateTimeOffset? ReadTime(string seconds) =>
        long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(number)
            : null;

    /// <summary>An HMAC-SHA256 of the body, or of the time, a dot and the body.</summary>
    internal sealed record Signature(string Before, byte[] Digest) : Proof
    {
        public override bool IsBy(string secret, ReadOnlySpan<byte> body)
        {
            using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Encoding.UTF8.GetBytes(secret));
            hash.AppendData(Encoding.ASCII.GetBytes(Before));
            hash.AppendData(body);
            return CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), Digest);
        }
    }

    /// <summary>The secret itself. Both are hashed first, so that the comparison does not reveal the secret's length.</summary>
    private sealed record Token(string Value) : Proof
    {
        public override bool IsBy(string secret, ReadOnlySpan<byte> body) =>
            CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(secret)),
                SHA256.HashData(Encoding.UTF8.GetBytes(Value)));

        // Overridden, since a record would print its fields.
        public override string ToString() => "a token";
    }
}
