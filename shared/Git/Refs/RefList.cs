using System.Collections;
using System.Runtime.CompilerServices;

namespace Mirror.Git;

/// <summary>
/// Refs in the order in which they were added, packed: ids and the bytes of the names lie side by side in pieces. A ref takes half the
/// memory of an object for each name, and the garbage collector has a few pieces to look at instead of two million names.
/// </summary>
[CollectionBuilder(typeof(RefList), nameof(Of))]
public sealed class RefList : IReadOnlyList<Ref>
{
    private readonly List<RefPiece> _pieces = [];

    public int Count { get; private set; }

    /// <summary>Whether the names ascend and none occurs twice, as git lists them.</summary>
    public bool IsSorted { get; private set; } = true;

    /// <summary>Bytes of all names together.</summary>
    public long NamesSize { get; private set; }

    public Ref this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
            var (low, high) = (0, _pieces.Count - 1);
            while (low < high)
            {
                var middle = (low + high + 1) / 2;
                (low, high) = _pieces[middle].First <= index ? (middle, high) : (low, middle - 1);
            }
            return _pieces[low][index - _pieces[low].First];
        }
    }

    public static RefList Of(ReadOnlySpan<Ref> refs)
    {
        var list = new RefList();
        foreach (var found in refs)
        {
            list.Add(found);
        }
        return list;
    }

    /// <summary>Makes a list of refs without knowing their number.</summary>
    public static RefList From(IEnumerable<Ref> refs)
    {
        var list = new RefList();
        foreach (var found in refs)
        {
            list.Add(found);
        }
        return list;
    }

    /// <summary>Finds a ref in a sorted list, which needs no hash table of all names.</summary>
    public bool TryFind(RefName name, out ObjectId id)
    {
        if (!IsSorted)
        {
            throw new InvalidOperationException("only a sorted list can be searched");
        }
        var (low, high) = (0, _pieces.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _pieces[middle][0].Name <= name ? (middle, high) : (low, middle - 1);
        }
        id = default;
        return Count > 0 && _pieces[low].TryFind(name, out id);
    }

    /// <summary>The same refs by name. Of refs with the same name, the one added first comes first.</summary>
    public RefList Sorted() => IsSorted ? this : From(this.OrderBy(found => found.Name));

    /// <summary>The same refs by their ids. Refs with the same id are in the order of their names' bytes.</summary>
    public IEnumerable<Ref> ById()
    {
        using var order = new IdOrder(Count);
        var count = 0;
        foreach (var found in this)
        {
            order.Set(count++, found.Id);
        }
        order.Sort(CompareById);
        for (var i = 0; i < count; i++)
        {
            yield return this[order.At(i)];
        }
    }

    /// <summary>The refs whose names are wanted, in the same order. If all are wanted, the result is this list itself.</summary>
    public RefList Only(Func<RefName, bool> isWanted)
    {
        RefList? some = null;
        var count = 0;
        foreach (var found in this)
        {
            if (isWanted(found.Name))
            {
                some?.Add(found);
            }
            else
            {
                some ??= From(this.Take(count));
            }
            count++;
        }
        return some ?? this;
    }

    public Enumerator GetEnumerator() => new(this);

    IEnumerator<Ref> IEnumerable<Ref>.GetEnumerator() => GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public void Add(Ref added) => Add(added.Name.Utf8, added.Id);

    /// <summary>Adds a ref by the bytes of its name; false if they are not a valid name.</summary>
    public bool TryAdd(ReadOnlySpan<byte> name, ObjectId id)
    {
        var valid = RefName.IsValid(name);
        if (valid)
        {
            Add(name, id);
        }
        return valid;
    }

    /// <summary>Adds a ref whose name is known to be valid.</summary>
    internal void Add(ReadOnlySpan<byte> name, ObjectId id)
    {
        var last = Count == 0 ? null : _pieces[^1];
        IsSorted = IsSorted && (last is null || RefName.Compare(last[last.Count - 1].Name.Utf8, name) < 0);
        if (last is null || !last.TryAdd(name, id))
        {
            _pieces.Add(new RefPiece(Count, name, id));
        }
        NamesSize += name.Length;
        Count++;
    }

    private int CompareById(int left, int right)
    {
        var (one, other) = (this[left], this[right]);
        return one.Id.CompareTo(other.Id) is var order and not 0 ? order : one.Name.Utf8.SequenceCompareTo(other.Name.Utf8);
    }

    public struct Enumerator(RefList list) : IEnumerator<Ref>
    {
        private int _piece;
        private int _index = -1;

        public readonly Ref Current => list._pieces[_piece][_index];

        readonly object IEnumerator.Current => Current;

        public bool MoveNext()
        {
            if (_piece < list._pieces.Count && ++_index == list._pieces[_piece].Count)
            {
                (_piece, _index) = (_piece + 1, 0);
            }
            return _piece < list._pieces.Count;
        }

        public void Reset() => (_piece, _index) = (0, -1);

        public readonly void Dispose()
        {
        }
    }
}
