namespace Mirror.Git.Protocol;

/// <summary>The refs of a v0 or v1 opening, line by line; the first line brings the capabilities.</summary>
internal sealed class RefAdvertisement(IReadOnlyCollection<RefPattern>? patterns)
{
    private readonly RefCollector _refs = new(patterns);
    private bool _isFirst = true;

    public Capabilities Capabilities { get; private set; } = Capabilities.None;

    /// <summary>Whether the server's repository is shallow.</summary>
    public bool IsShallow { get; private set; }

    /// <summary>Takes a line; false if the line has no ref.</summary>
    public bool Add(ReadOnlySpan<byte> line)
    {
        if (_isFirst)
        {
            _isFirst = false;
            var nul = line.IndexOf((byte)0);
            Capabilities = nul < 0 ? Capabilities.None : Capabilities.Parse(line[(nul + 1)..]);
            line = nul < 0 ? line : line[..nul];
            _refs.Format = Capabilities.ObjectFormat;
            _refs.Head = FindHead();
        }
        if (line.StartsWith("shallow "u8))
        {
            IsShallow = true;
            return false;
        }
        var space = line.IndexOf((byte)' ');
        if (space < 0)
        {
            throw GitProtocolException.Malformed($"ref line {GitProtocolException.Quote(line)}");
        }
        return AddRef(_refs.ParseId(line[..space]), line[(space + 1)..]);
    }

    public RefListing ToListing() => _refs.ToListing();

    private bool AddRef(ObjectId id, ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("capabilities^{}"u8))
        {
            return false;
        }
        if (name.SequenceEqual(".have"u8))
        {
            _refs.AddHave(id);
            return true;
        }
        if (name.EndsWith("^{}"u8))
        {
            return _refs.PeelLast(name[..^3], id);
        }
        _refs.Add(name, id);
        _refs.SetLast(name);
        return !name.SequenceEqual("HEAD"u8);
    }

    private RefName? FindHead()
    {
        var symref = Capabilities.ValuesOf("symref").FirstOrDefault(value => value.StartsWith("HEAD:", StringComparison.Ordinal));
        return symref is not null && RefName.TryParse(symref["HEAD:".Length..], out var head) ? head : null;
    }
}
