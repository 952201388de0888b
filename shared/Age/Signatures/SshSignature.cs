using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Mirror.Age.Curves;

namespace Mirror.Age.Signatures;

/// <summary>
/// Detached signatures as <c>ssh-keygen -Y sign</c> makes them, PROTOCOL.sshsig of OpenSSH. The namespace states the purpose of a
/// signature, so that a signature for another purpose is rejected here.
/// <code>
///   byte[6] "SSHSIG"                       what is signed:  byte[6] "SSHSIG"
///   uint32  1                                               string  namespace
///   string  public key                                      string  reserved
///   string  namespace                                       string  hash algorithm
///   string  reserved, empty                                 string  hash of the message
///   string  hash algorithm
///   string  signature: string type, string 64 bytes
/// </code>
/// </summary>
public static class SshSignature
{
    private const string Label = "SSH SIGNATURE";
    private const uint Version = 1;

    private static ReadOnlySpan<byte> Magic => "SSHSIG"u8;

    /// <summary>Verifies a signature over a message, and returns the trusted key that made it.</summary>
    /// <exception cref="SignatureException">The signature is rejected.</exception>
    public static VerifyingKey Verify(string armored, ReadOnlySpan<byte> message, string ns, IReadOnlyList<VerifyingKey> trusted)
    {
        var parts = Parse(armored, ns);
        return Verify(parts, DigestOf(message, NameOf(parts.Hash)), ns, trusted);
    }

    /// <summary>Verifies a signature over a message in pieces.</summary>
    /// <exception cref="SignatureException">The signature is rejected.</exception>
    public static VerifyingKey Verify(string armored, ReadOnlySequence<byte> message, string ns, IReadOnlyList<VerifyingKey> trusted)
    {
        var parts = Parse(armored, ns);
        using var hash = IncrementalHash.CreateHash(NameOf(parts.Hash));
        foreach (var piece in message)
        {
            hash.AppendData(piece.Span);
        }
        return Verify(parts, hash.GetHashAndReset(), ns, trusted);
    }

    private static VerifyingKey Verify(Parts parts, ReadOnlySpan<byte> digest, string ns, IReadOnlyList<VerifyingKey> trusted)
    {
        var signer = FindSigner(parts.PublicKey, trusted);
        var bytes = ParseSignature(parts.Signature);
        return Curve25519.Verify(signer.Key, SignedBytes(digest, ns, Encoding.UTF8.GetString(parts.Hash)), bytes)
            ? signer
            : throw new SignatureException(SignatureFailure.Wrong, $"the message is not what {signer.Fingerprint} signed");
    }

    /// <summary>The signer named in a signature, before there is a message to verify it against. So a message from an untrusted signer
    /// need not be read. The name is not proof.</summary>
    /// <exception cref="SignatureException">The signature would be rejected for every message.</exception>
    public static VerifyingKey FindSigner(string armored, string ns, IReadOnlyList<VerifyingKey> trusted) =>
        FindSigner(Parse(armored, ns).PublicKey, trusted);

    internal static string Sign(SigningKey key, ReadOnlySpan<byte> sha512, string ns)
    {
        const string hash = "sha512";
        var bytes = Curve25519.Sign(key.Seed, SignedBytes(sha512, ns, hash));
        var signature = new SshWriter().String(VerifyingKey.Type).String(bytes).Written;
        var blob = new SshWriter().Bytes(Magic).UInt32(Version).String(key.VerifyingKey.Blob).String(ns).String([]).String(hash)
            .String(signature);
        return SshArmor.Encode(Label, blob.Written);
    }

    private static Parts Parse(string armored, string ns)
    {
        ArgumentException.ThrowIfNullOrEmpty(ns);
        var parts = Parse(SshArmor.TryDecode(Label, armored) ?? throw SignatureException.Malformed("its armor or base64 is damaged"));
        return parts.Namespace.SequenceEqual(Encoding.UTF8.GetBytes(ns))
            ? parts
            : throw new SignatureException(SignatureFailure.WrongNamespace, $"the signature is not for '{ns}'");
    }

    private static Parts Parse(ReadOnlySpan<byte> blob)
    {
        var reader = new SshReader(blob);
        if (!reader.Bytes(Magic.Length).SequenceEqual(Magic))
        {
            throw SignatureException.Malformed("it does not begin with SSHSIG");
        }
        var version = reader.UInt32();
        var publicKey = reader.String();
        var ns = reader.String();
        var reserved = reader.String();
        var hash = reader.String();
        var signature = reader.String();
        return reader.IsDone && version == Version && reserved.IsEmpty
            ? new Parts { PublicKey = publicKey, Namespace = ns, Hash = hash, Signature = signature }
            : throw SignatureException.Malformed("not one of version 1, or not whole");
    }

    private static VerifyingKey FindSigner(ReadOnlySpan<byte> publicKey, IReadOnlyList<VerifyingKey> trusted)
    {
        foreach (var key in trusted)
        {
            if (key.Blob.SequenceEqual(publicKey))
            {
                return key;
            }
        }
        throw new SignatureException(SignatureFailure.Untrusted,
            $"signed by {VerifyingKey.FingerprintOf(publicKey)}, which is not a trusted key");
    }

    private static ReadOnlySpan<byte> ParseSignature(ReadOnlySpan<byte> signature)
    {
        var reader = new SshReader(signature);
        var type = reader.String();
        var bytes = reader.String();
        return reader.IsDone && type.SequenceEqual("ssh-ed25519"u8) && bytes.Length == Curve25519.SignatureSize
            ? bytes
            : throw SignatureException.Malformed("it is not one of Ed25519");
    }

    private static byte[] DigestOf(ReadOnlySpan<byte> message, HashAlgorithmName hash) => CryptographicOperations.HashData(hash, message);

    private static HashAlgorithmName NameOf(ReadOnlySpan<byte> hash) =>
        hash.SequenceEqual("sha512"u8) ? HashAlgorithmName.SHA512
        : hash.SequenceEqual("sha256"u8) ? HashAlgorithmName.SHA256
        : throw SignatureException.Malformed("its hash is neither sha256 nor sha512");

    private static ReadOnlySpan<byte> SignedBytes(ReadOnlySpan<byte> digest, string ns, string hash) =>
        new SshWriter().Bytes(Magic).String(ns).String([]).String(hash).String(digest).Written;

    private readonly ref struct Parts
    {
        public ReadOnlySpan<byte> PublicKey { get; init; }

        public ReadOnlySpan<byte> Namespace { get; init; }

        public ReadOnlySpan<byte> Hash { get; init; }

        public ReadOnlySpan<byte> Signature { get; init; }
    }
}
