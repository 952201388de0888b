using System.Security.Cryptography;
using System.Text;
using Mirror.Age;
using Mirror.Age.Signatures;

namespace Mirror.Mirroring;

/// <summary>A producer's recipients and signing key. The key is null if the configuration allows unsigned heads.</summary>
public sealed record ProducerKeys(IReadOnlyList<AgeRecipient> Recipients, SigningKey? Signing)
{
    internal string Signer => Signing?.VerifyingKey.Fingerprint ?? "";

    /// <summary>A digest of the recipients. If it changes, some recipients cannot read what was written before.</summary>
    internal string Readers => Convert.ToHexStringLower(SHA256.HashData(
        Encoding.ASCII.GetBytes(string.Join('\n', Recipients.Select(recipient => recipient.ToString()).Order(StringComparer.Ordinal)))));
}
