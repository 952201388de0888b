using Mirror.Age;
using Mirror.Age.Signatures;

namespace Mirror.Mirroring;

/// <summary>Who a consumer is, and whose heads it believes; without a list, everybody's: it was told to do without signatures.</summary>
public sealed record ConsumerKeys(IReadOnlyList<AgeIdentity> Identities, IReadOnlyList<VerifyingKey>? Trusted);
