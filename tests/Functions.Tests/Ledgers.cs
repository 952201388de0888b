using System.Text.Json;

namespace Mirror.Functions.Tests;

/// <summary>What lies in the state folders of two sides: the marks, and the leases of the dead.</summary>
internal sealed class Ledgers(PartitionSides sides)
{
    private (long Generation, long Sequence) _produced;
    private (long Generation, long Sequence) _consumed;

    /// <summary>Asserts that neither mark is lower than the last time, and that the far one is not before the near one.</summary>
    public void AssertNothingFell(string when)
    {
        var (produced, consumed) = (MarkOf(sides.Near, "produced", "state"), MarkOf(sides.Far, "consumed"));
        Assert.True(produced.CompareTo(_produced) >= 0, $"{when}: produced {_produced}, then {produced}");
        Assert.True(consumed.CompareTo(_consumed) >= 0, $"{when}: consumed {_consumed}, then {consumed}");
        Assert.True(consumed.CompareTo(produced) <= 0, $"{when}: consumed {consumed} of {produced}");
        (_produced, _consumed) = (produced, consumed);
    }

    /// <summary>
    /// Empties the leases, as their holders do when they end. A dead holder has done nothing of the kind, and the next run waits for
    /// fifteen seconds: that is a test of its own, and would make a hundred kills a long one.
    /// </summary>
    public bool ForgetTheDead()
    {
        var held = new[] { sides.Near, sides.Far }.SelectMany(HeldLeases).ToList();
        held.ForEach(file => File.WriteAllBytes(file, []));
        return held.Count > 0;
    }

    public static IEnumerable<string> HeldLeases(MirrorProgram side)
    {
        var folder = side.PathOf("state/.mirror~/lease");
        return Directory.Exists(folder) ? Directory.EnumerateFiles(folder).Where(file => new FileInfo(file).Length > 0) : [];
    }

    private static (long Generation, long Sequence) MarkOf(MirrorProgram side, string kind, string? within = null)
    {
        if (!Directory.Exists(side.PathOf("state")) || Directory.GetFiles(side.PathOf("state"), $"*.{kind}.json") is not [var file])
        {
            return default;
        }
        var ledger = JsonDocument.Parse(File.ReadAllText(file)).RootElement;
        if (within is not null && !ledger.TryGetProperty(within, out ledger))
        {
            return default;
        }
        return (ledger.GetProperty("generation").GetInt64(), ledger.GetProperty("sequence").GetInt64());
    }
}
