using System.Buffers;

namespace Mirror.Git.Protocol;

/// <summary>Collects the refs of a listing line by line, for every version of the protocol,
/// and sets aside those that cannot be mirrored.</summary>
/// <param name="patterns">The refs that were asked for; null for all.
/// A server may send others: before protocol v2 it sends every ref.</param>
internal sealed class RefCollector(IReadOnlyCollection<RefPattern>? patterns)
{
    // More refs than any forge serves, with names of 100 bytes on average. This bounds the memory of a listing.
    private const int MaxCount = 2_000_000;
    private const long MaxNamesSize = 200_000_000;

    // PATH_MAX, since a ref is a file in most repositories. A much longer name would not fit into a line of a push either.
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
            // Code that compares refs would take the null id for a delete.
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

    /// <summary>Records what the annotated tag of the previous line points at.</summary>
    /// <returns>False if the previous line was not a tag of that name, or was peeled already.</returns>
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

    /// <summary>Keeps the name of a line, since the next line may peel it even if the ref is not asked for.</summary>
    public void SetLast(ReadOnlySpan<byte> name)
    {
        _last.ResetWrittenCount();
        _last.Write(name);
    }

    /// <summary>Reads an id. All ids of one listing must have the same format.</summary>
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
