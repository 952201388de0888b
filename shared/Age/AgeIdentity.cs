using System.Security.Cryptography;
using System.Text;
using Mirror.Age.Curves;
using Mirror.Age.Format;

namespace Mirror.Age;

/// <summary>The key that decrypts a file: the secret half of an X25519 key, <c>AGE-SECRET-KEY-1…</c>.
/// Only <see cref="ToText"/> shows it.</summary>
public sealed class AgeIdentity
{
    internal const string Start = "AGE-SECRET-KEY-1";

    // The checksum is computed over the lower-case form.
    private const string Prefix = "age-secret-key-";

    private readonly byte[] _secret;

    private AgeIdentity(byte[] secret)
    {
        _secret = secret;
        Recipient = new AgeRecipient(Curve25519.X25519PublicKey(secret));
    }

    public AgeRecipient Recipient { get; }

    internal ReadOnlySpan<byte> Secret => _secret;

    public static AgeIdentity Generate() => new(RandomNumberGenerator.GetBytes(Curve25519.KeySize));

    public static AgeIdentity Parse(string text)
    {
        var secret = new byte[Curve25519.KeySize];
        // ASCII only: ToLower maps some other characters to k.
        return Ascii.IsValid(text) && !text.Any(char.IsAsciiLetterLower) && Bech32.TryDecode(Prefix, text.ToLowerInvariant(), secret)
            ? new AgeIdentity(secret)
            : throw new AgeKeyException($"not an age identity: {Start} and 58 characters are expected, and other types are not supported");
    }

    /// <summary>Reads one identity per line; blank lines and lines that begin with <c>#</c> are skipped.</summary>
    public static IReadOnlyList<AgeIdentity> ParseFile(string text) => KeyFile.Parse(text, Parse);

    /// <summary>The secret, as age-keygen(1) writes it.</summary>
    public string ToText() => Bech32.Encode(Prefix, _secret).ToUpperInvariant();

    public override string ToString() => $"identity of {Recipient}";
}
