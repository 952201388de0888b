using System.Security.Cryptography;
using System.Text;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>A consumer's own ref map. If it has one, it only touches refs that both the map and the head manage.</summary>
internal sealed class Narrowing(RefMap? own)
{
    private const int MaxNamed = 3;

    // As in a ledger without narrowing.
    private readonly string _text = own?.ToString() ?? "";

    public bool IsThere => own is not null;

    /// <summary>The refs that may be created, moved and deleted here.</summary>
    public RefMap ManagedBy(IReadOnlyList<string> patterns) =>
        own is null ? TargetSide.ManagedBy(patterns) : TargetSide.ManagedBy(patterns).NarrowedBy(own);

    /// <summary>The expected refs at a ledger's mark; null if they were computed for another ref map.</summary>
    public string? ExpectedBy(ConsumerLedger ledger) =>
        (ledger.Narrowing?.Refs ?? "") != _text ? null : ledger.Narrowing?.Digest ?? ledger.RefsDigest;

    /// <summary>The part of a head that a ledger keeps.</summary>
    public LedgerNarrowing? Of(ChainState state) => own is null
        ? null
        : new LedgerNarrowing(_text, RefsDigest.Of(state.Refs.Where(found => own.Manages(found.Name))), Digest(OutsideOf(state)));

    /// <summary>A message about refs of the head that are left alone, unless the same refs were reported before.</summary>
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
