using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Mirror.Age.Curves;

namespace Mirror.Age.Signatures;

/// <summary>
/// An ssh-ed25519 key that signs, as <c>ssh-keygen -t ed25519 -N ''</c> writes it: PROTOCOL.key of OpenSSH. Only <see cref="ToOpenSsh"/>
/// shows its secret.
/// <code>
///   byte[]  "openssh-key-v1" 0             the private part:  uint32  check
///   string  cipher, "none"                                    uint32  the same again
///   string  kdf, "none"                                       string  "ssh-ed25519"
///   string  kdf options, empty                                string  public key
///   uint32  number of keys, 1                                 string  seed, public key
///   string  public key                                        string  comment
///   string  the private part                                  byte[]  1, 2, 3, … to a multiple of 8
/// </code>
/// </summary>
public sealed class SigningKey
{
    private const string Label = "OPENSSH PRIVATE KEY";
    private const int BlockSize = 8;

    private readonly byte[] _seed;

    private SigningKey(byte[] seed, string comment)
    {
        _seed = seed;
        VerifyingKey = new VerifyingKey(Curve25519.Ed25519PublicKey(seed), comment);
    }

    public VerifyingKey VerifyingKey { get; }

    internal ReadOnlySpan<byte> Seed => _seed;

    private static ReadOnlySpan<byte> Magic => "openssh-key-v1\0"u8;

    public static SigningKey Generate(string comment)
    {
        VerifyingKey.CheckComment(comment);
        return new SigningKey(RandomNumberGenerator.GetBytes(Curve25519.KeySize), comment);
    }

    /// <summary>Reads a private key file. Line ends may be LF or CRLF, and white space around the text is ignored.</summary>
    public static SigningKey Parse(string text)
    {
        var lines = text.Trim().Replace("\r\n", "\n", StringComparison.Ordinal);
        var blob = SshArmor.TryDecode(Label, lines)
            ?? throw new AgeKeyException("not an OpenSSH private key, or damaged: ssh-keygen -t ed25519 -N '' -f FILE makes one");
        return ParseBlob(blob);
    }

    /// <summary>Signs a message for one namespace, as <c>ssh-keygen -Y sign</c> does.</summary>
    public string Sign(ReadOnlySpan<byte> message, string ns) => SignDigest(SHA512.HashData(message), ns);

    /// <summary>Signs a message that is too large to be held, by its SHA-512. The signature covers only that digest.</summary>
    public string SignDigest(ReadOnlySpan<byte> sha512, string ns)
    {
        ArgumentException.ThrowIfNullOrEmpty(ns);
        ArgumentOutOfRangeException.ThrowIfNotEqual(sha512.Length, SHA512.HashSizeInBytes, nameof(sha512));
        return SshSignature.Sign(this, sha512, ns);
    }

    /// <summary>The text of a private key file, which holds the secret without a passphrase.</summary>
    public string ToOpenSsh()
    {
        var check = BinaryPrimitives.ReadUInt32BigEndian(RandomNumberGenerator.GetBytes(sizeof(uint)));
        var secret = new SshWriter().UInt32(check).UInt32(check).String(VerifyingKey.Type).String(VerifyingKey.Key);
        secret.String([.. _seed, .. VerifyingKey.Key]).String(VerifyingKey.Comment);
        for (byte i = 1; secret.Written.Length % BlockSize != 0; i++)
        {
            secret.Bytes([i]);
        }
        var key = new SshWriter().Bytes(Magic).String("none").String("none").String([]).UInt32(1).String(VerifyingKey.Blob)
            .String(secret.Written);
        return SshArmor.Encode(Label, key.Written);
    }

    private static SigningKey ParseBlob(ReadOnlySpan<byte> blob)
    {
        var reader = new SshReader(blob);
        if (!reader.Bytes(Magic.Length).SequenceEqual(Magic))
        {
            throw Damaged("it does not begin with openssh-key-v1");
        }
        var cipher = reader.String();
        var kdf = reader.String();
        var options = reader.String();
        if (!cipher.SequenceEqual("none"u8))
        {
            throw new AgeKeyException(
                "the private key has a passphrase, which is not supported: remove it with ssh-keygen -p -N '' -f FILE");
        }
        var count = reader.UInt32();
        var publicBlob = reader.String();
        var secret = reader.String();
        if (!reader.IsDone || !kdf.SequenceEqual("none"u8) || !options.IsEmpty || count != 1)
        {
            throw Damaged("not one key, whole and without a passphrase");
        }
        if (VerifyingKey.TryReadBlob(publicBlob, comment: "") is null)
        {
            throw new AgeKeyException(
                "the private key is not of the type ssh-ed25519, and other types are not supported: ssh-keygen -t ed25519 makes one");
        }
        return ParseSecret(secret, publicBlob);
    }

    private static SigningKey ParseSecret(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicBlob)
    {
        var reader = new SshReader(secret);
        var isChecked = reader.UInt32() == reader.UInt32();
        var type = reader.String();
        var publicKey = reader.String();
        var pair = reader.String();
        var comment = Encoding.UTF8.GetString(reader.String());
        var padding = reader.Rest();
        var isWhole = reader.IsDone && secret.Length % BlockSize == 0 && IsPadding(padding);
        if (!isWhole || !isChecked || !type.SequenceEqual("ssh-ed25519"u8) || pair.Length != 2 * Curve25519.KeySize)
        {
            throw Damaged("its private part is not whole");
        }
        VerifyingKey.CheckComment(comment);
        var key = new SigningKey(pair[..Curve25519.KeySize].ToArray(), comment);
        var halves = key.VerifyingKey;
        return publicKey.SequenceEqual(halves.Key) && pair[Curve25519.KeySize..].SequenceEqual(halves.Key)
            && publicBlob.SequenceEqual(halves.Blob)
            ? key
            : throw Damaged("its public half does not belong to its private half");
    }

    private static bool IsPadding(ReadOnlySpan<byte> padding)
    {
        for (var i = 0; i < padding.Length; i++)
        {
            if (padding[i] != i + 1)
            {
                return false;
            }
        }
        return padding.Length < BlockSize;
    }

    private static AgeKeyException Damaged(string what) => new($"the OpenSSH private key is damaged: {what}");
}
