using System.Buffers;

namespace Mirror.Git.Protocol;

/// <summary>Gathers refs as their lines arrive, whichever protocol they come by, and sorts out what cannot be mirrored.</summary>
/// <param name="patterns">What is asked for; null for everything. A server may send more: before protocol v2 it sends all it has.</param>
internal sealed class RefCollector(IReadOnlyCollection<RefPattern>? patterns)
{
    // More than any forge serves, and the names of so many: less than what would hurt.
    private const int MaxCount = 2_000_000;
    private const long MaxNamesSize = 200_000_000;

    // PATH_MAX: in most repositories a ref is a file. A much longer one would not fit the line of a push either.
    private const int MaxNameSize = 4096;

    private readonly RefPattern[] _patterns = [.. patterns ?? []];
    private readonly RefList _refs = [];
    private readonly Dictionary<ObjectId, ObjectId> _peeled = [];
    private readonly List<ObjectId> _haves = [];
    private readonly NameList _unusable = [];
    private readonly ArrayBufferWriter<byte> _last = new();
    private long _namesSize;

    public ObjectFormat? Format { get; set; }

    public RefName? Head { get; set; }

    public ObjectId? HeadId { get; set; }

    public void Add(ReadOnlySpan<byte> name, ObjectId id, ObjectId? peeled = null)
    {
        if (id.IsNull)
        {
            // Where refs are compared it would read as: this ref shall be deleted.
            throw GitProtocolException.Malformed($"a ref that points at nothing, {GitProtocolException.Quote(name)}");
        }
        if (name.SequenceEqual("HEAD"u8))
        {
            HeadId = id;
        }
        else if (name.Length <= MaxNameSize && RefName.IsValid(name))
        {
            if (IsAskedFor(name))
            {
                _refs.Add(name, id);
                if (peeled is { } end)
                {
                    _peeled[id] = end;
                }
            }
        }
        else
        {
            _unusable.Add(name);
        }
        _namesSize += Math.Min(name.Length, MaxNameSize);
        CheckCount();
    }

    public void AddHave(ObjectId id)
    {
        _haves.Add(id);
        CheckCount();
    }

    /// <summary>Says what the annotated tag that came last leads to.</summary>
    /// <returns>False if no tag of that name came last, or if this is known of it already.</returns>
    public bool PeelLast(ReadOnlySpan<byte> name, ObjectId peeled)
    {
        if (!_last.WrittenSpan.SequenceEqual(name) || name.IsEmpty)
        {
            return false;
        }
        _last.ResetWrittenCount();
        if (_refs is [.., var last] && last.Name.Utf8.SequenceEqual(name))
        {
            _peeled[last.Id] = peeled;
        }
        return true;
    }

    /// <summary>Keeps the name of a line that the next one may peel, whether or not the ref is asked for.</summary>
    public void SetLast(ReadOnlySpan<byte> name)
    {
        _last.ResetWrittenCount();
        _last.Write(name);
    }

    /// <summary>Reads an id and holds all of one listing to one format.</summary>
    public ObjectId ParseId(ReadOnlySpan<byte> hex)
    {
        if (!ObjectId.TryParse(hex, out var id) || (Format ??= id.Format) != id.Format)
        {
            throw GitProtocolException.Malformed($"object id {GitProtocolException.Quote(hex)}");
        }
        return id;
    }

    public RefListing ToListing() => new(Format ?? ObjectFormat.Sha1, _refs)
    {
        Head = Head,
        HeadId = HeadId,
        Peeled = _peeled,
        Haves = _haves,
        Unusable = _unusable,
    };

    private bool IsAskedFor(ReadOnlySpan<byte> name)
    {
        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(name))
            {
                return true;
            }
        }
        return patterns is null;
    }

    private void CheckCount()
    {
        if (_refs.Count + _haves.Count + _unusable.Count > MaxCount)
        {
            throw GitProtocolException.Unsupported($"more than {MaxCount} refs");
        }
        if (_namesSize > MaxNamesSize)
        {
            throw GitProtocolException.Unsupported($"refs whose names are more than {MaxNamesSize} bytes");
        }
    }
}
