using System.Security.Cryptography;
using System.Text;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>A consumer's own refs: of those that a head manages, it touches no others. Without any it takes all of them.</summary>
internal sealed class Narrowing(RefMap? own)
{
    private const int MaxNamed = 3;

    // As a ledger without narrowing has it where there are none.
    private readonly string _text = own?.ToString() ?? "";

    public bool IsThere => own is not null;

    /// <summary>What may be created, moved and deleted here.</summary>
    public RefMap ManagedBy(IReadOnlyList<string> patterns) =>
        own is null ? TargetSide.ManagedBy(patterns) : TargetSide.ManagedBy(patterns).NarrowedBy(own);

    /// <summary>What the refs should be at a ledger's mark; null where that was worked out for other refs than these.</summary>
    public string? ExpectedBy(ConsumerLedger ledger) =>
        (ledger.Narrowing?.Refs ?? "") != _text ? null : ledger.Narrowing?.Digest ?? ledger.RefsDigest;

    /// <summary>What a ledger keeps of a head.</summary>
    public LedgerNarrowing? Of(ChainState state) => own is null
        ? null
        : new LedgerNarrowing(_text, RefsDigest.Of(state.Refs.Where(found => own.Manages(found.Name))), Digest(OutsideOf(state)));

    /// <summary>Says which refs of a head are left alone, unless that was said of the same ones before.</summary>
    public string? Notice(ChainState state, ConsumerLedger? ledger)
    {
        var names = OutsideOf(state);
        if (names.Count == 0 || ledger?.Narrowing?.Outside == Digest(names))
        {
            return null;
        }
        var more = names.Count > MaxNamed ? ", …" : "";
        return $"{names.Count} refs of the head are outside of this side's own refs and are left alone: "
            + $"{string.Join(", ", names.Take(MaxNamed))}{more}";
    }

    private List<RefName> OutsideOf(ChainState state) =>
        own is null ? [] : [.. state.Refs.Where(found => !own.Manages(found.Name)).Select(found => found.Name)];

    private static string Digest(List<RefName> names)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var name in names)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{name.Value}\n"));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
