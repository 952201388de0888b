using System.Collections;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Mirror.Git;

/// <summary>Refs as they were added, in pieces that the collector can move: an array of 8,500 would live until a full collection.</summary>
[CollectionBuilder(typeof(RefList), nameof(Of))]
public sealed class RefList : IReadOnlyList<Ref>
{
    private const int PieceSize = 256;

    private readonly List<Ref[]> _pieces = [];

    public int Count { get; private set; }

    /// <summary>Whether the names ascend, none of them twice: as git lists them.</summary>
    public bool IsSorted { get; private set; } = true;

    public Ref this[int index] =>
        index < Count ? _pieces[index / PieceSize][index % PieceSize] : throw new ArgumentOutOfRangeException(nameof(index));

    public static RefList Of(ReadOnlySpan<Ref> refs)
    {
        var list = new RefList();
        foreach (var found in refs)
        {
            list.Add(found);
        }
        return list;
    }

    /// <summary>The same refs by name; of those that have one name, the first that was added comes first.</summary>
    public RefList Sorted() => IsSorted ? this : Of([.. this.OrderBy(found => found.Name)]);

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<Ref> IEnumerable<Ref>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Add(Ref added)
    {
        IsSorted = IsSorted && (Count == 0 || this[Count - 1].Name < added.Name);
        if (Count % PieceSize == 0)
        {
            _pieces.Add(new Ref[Count == 0 ? 4 : PieceSize]);
        }
        else if (Count == _pieces[^1].Length)
        {
            // Only the first piece begins small: most repositories have few refs.
            Array.Resize(ref CollectionsMarshal.AsSpan(_pieces)[0], Math.Min(2 * Count, PieceSize));
        }
        _pieces[^1][Count % PieceSize] = added;
        Count++;
    }

    public struct Enumerator(RefList list) : IEnumerator<Ref>
    {
        private int _index = -1;

        public readonly Ref Current => list._pieces[_index / PieceSize][_index % PieceSize];

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => ++_index < list.Count;

        public void Reset() => _index = -1;

        public readonly void Dispose()
        {
        }
    }
}
