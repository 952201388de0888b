using System.Collections;
using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// The changes from one list of refs to another: two indexes for each ref that differs. A command with its ids would take ten times as
/// much. Both lists stay in memory as long as this one.
/// </summary>
internal sealed class RefChanges(RefList before, RefList after, ObjectFormat format) : IReadOnlyList<RefCommand>
{
    // The index of a missing ref.
    private const int None = -1;

    // A few commands must not keep very many refs in memory.
    private const int FewShare = 16;

    private readonly PiecewiseList<(int Before, int After)> _changes = new();

    public int Count => _changes.Count;

    public RefCommand this[int index] => CommandOf(_changes[index]);

    public void AddCreate(int after) => _changes.Add((None, after));

    public void AddMove(int before, int after) => _changes.Add((before, after));

    public void AddDelete(int before) => _changes.Add((before, None));

    /// <summary>The same changes, in the form that takes less memory.</summary>
    public IReadOnlyList<RefCommand> Smallest() => Count < (before.Count + after.Count) / FewShare ? [.. this] : this;

    public IEnumerator<RefCommand> GetEnumerator()
    {
        foreach (var change in _changes)
        {
            yield return CommandOf(change);
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private RefCommand CommandOf((int Before, int After) change)
    {
        var old = change.Before == None ? default : before[change.Before];
        var next = change.After == None ? default : after[change.After];
        return new RefCommand(change.After == None ? old.Name : next.Name, change.Before == None ? format.Null : old.Id,
            change.After == None ? format.Null : next.Id);
    }
}
