using System.Security.Cryptography;
using System.Text;
using Mirror.Age.Format;

namespace Mirror.Age;

/// <summary>
/// Files in the format age-encryption.org/v1, for X25519 recipients: a textual header, a nonce of 16 bytes, and the payload in sealed
/// chunks of 64 KiB. age(1) reads what is written here, and the other way round. Armored files can be read too.
/// </summary>
public static class AgeFile
{
    /// <summary>A reader accepts no more stanzas: <see cref="Header.MaxStanzaCount"/>.</summary>
    public const int MaxRecipientCount = Header.MaxStanzaCount;

    /// <summary>Begins a file for all recipients. Nothing is written before the first chunk.</summary>
    public static AgeWriter Encrypt(Stream destination, IReadOnlyList<AgeRecipient> recipients)
    {
        ArgumentOutOfRangeException.ThrowIfZero(recipients.Count, nameof(recipients));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(recipients.Count, MaxRecipientCount, nameof(recipients));
        using var key = FileKey.Generate();
        var nonce = RandomNumberGenerator.GetBytes(FileKey.NonceSize);
        byte[] header = [.. Encoding.ASCII.GetBytes(Header.Write(key, recipients)), .. nonce];
        return new AgeWriter(destination, header, key.PayloadCipher(nonce))
        { Fingerprint = Convert.ToHexStringLower(SHA256.HashData(header)) };
    }

    /// <summary>Opens a binary or armored file with the first identity that fits. When this returns, the header is verified.</summary>
    /// <exception cref="AgeException">The file is damaged, hostile, or encrypted to other recipients.</exception>
    public static async Task<AgeReader> DecryptAsync(Stream source, IReadOnlyList<AgeIdentity> identities, CancellationToken cancellation)
    {
        ArgumentOutOfRangeException.ThrowIfZero(identities.Count, nameof(identities));
        var file = await OpenAsync(new ReadAhead(source.ReadAsync), cancellation);
        var header = await Header.ReadAsync(file, cancellation);
        using var key = header.Unwrap(identities);
        if (!await file.FillAsync(FileKey.NonceSize, cancellation))
        {
            throw AgeException.Truncated("inside its nonce");
        }
        var nonce = file.Held.Span[..FileKey.NonceSize];
        var reader = new AgeReader(file, key.PayloadCipher(nonce))
        { Fingerprint = Convert.ToHexStringLower(SHA256.HashData([.. header.ToBytes(), .. nonce])) };
        file.Skip(FileKey.NonceSize);
        return reader;
    }

    private static async ValueTask<ReadAhead> OpenAsync(ReadAhead file, CancellationToken cancellation) =>
        await file.FillAsync(1, cancellation) && Armor.IsFirst(file.Held.Span[0]) ? new ReadAhead(new Armor(file).ReadAsync) : file;
}
