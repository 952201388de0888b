using Mirror.Age;
using Mirror.Age.Signatures;

namespace Mirror.Mirroring;

/// <summary>A consumer's identities and the signing keys that it trusts. If the configuration allows unsigned heads, the keys are null
/// and every head is trusted.</summary>
public sealed record ConsumerKeys(IReadOnlyList<AgeIdentity> Identities, IReadOnlyList<VerifyingKey>? Trusted);
