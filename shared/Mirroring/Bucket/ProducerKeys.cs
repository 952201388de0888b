using System.Security.Cryptography;
using System.Text;
using Mirror.Age;
using Mirror.Age.Signatures;

namespace Mirror.Mirroring;

/// <summary>For whom a producer encrypts, and with what it signs: nothing, where it was told to do without.</summary>
public sealed record ProducerKeys(IReadOnlyList<AgeRecipient> Recipients, SigningKey? Signing)
{
    internal string Signer => Signing?.VerifyingKey.Fingerprint ?? "";

    /// <summary>The recipients as one figure. With another one, what was written before cannot be read by all who should.</summary>
    internal string Readers => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Join('\n', Recipients.Select(recipient => recipient.ToString()).Order(StringComparer.Ordinal)))));
}
