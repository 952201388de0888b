namespace Mirror.Git;

/// <summary>Decodes a bundle's header line by line.</summary>
internal sealed class BundleHeaderLines
{
    // The same limit as for the refs of a remote: more than any forge serves. Each of them may have a prerequisite.
    private const int MaxCount = 2_000_000;

    // HEAD, capabilities and the empty line come on top.
    private const int MaxLineCount = (2 * MaxCount) + 100;

    private readonly RefList _refs = new();
    private readonly List<ObjectId> _prerequisites = [];
    private ObjectFormat _format = ObjectFormat.Sha1;
    private ObjectId? _head;
    private int _version;
    private int _count;

    /// <summary>Takes a line without its line feed; false for the empty line, which ends the header.</summary>
    public bool Add(ReadOnlySpan<byte> line)
    {
        if (_version == 0)
        {
            _version = line.SequenceEqual("# v2 git bundle"u8) ? 2
                : line.SequenceEqual("# v3 git bundle"u8) ? 3
                : throw new BundleException($"'{Shown(line)}' is not the first line of a git bundle of version 2 or 3");
            return true;
        }
        ThrowIfPast(++_count, MaxLineCount, "lines");
        switch (line)
        {
            case []:
                return false;
            case [(byte)'@', .. var capability]:
                AddCapability(capability);
                break;
            case [(byte)'-', .. var prerequisite]:
                AddPrerequisite(prerequisite);
                break;
            default:
                AddRef(line);
                break;
        }
        return true;
    }

    public BundleHeader ToHeader() => new(_format, _refs) { Prerequisites = _prerequisites, Head = _head };

    private void AddCapability(ReadOnlySpan<byte> capability)
    {
        if (_version < 3 || _refs.Count + _prerequisites.Count > 0)
        {
            throw new BundleException($"bundle header: a capability out of place, '{Shown(capability)}'");
        }
        _format = capability.StartsWith("object-format="u8) && ObjectFormat.OfName(capability["object-format=".Length..]) is { } format
            ? format
            : throw new BundleException($"bundle capability '{Shown(capability)}' is not supported");
    }

    private void AddPrerequisite(ReadOnlySpan<byte> line)
    {
        if (_refs.Count > 0)
        {
            throw new BundleException("bundle header: a prerequisite after a ref");
        }
        // The text after the id is a comment; git writes the commit's subject there.
        var space = line.IndexOf((byte)' ');
        _prerequisites.Add(ParseId(space < 0 ? line : line[..space]));
        ThrowIfPast(_prerequisites.Count, MaxCount, "prerequisites");
    }

    private void AddRef(ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var id = ParseId(space < 0 ? line : line[..space]);
        var name = space < 0 ? default : line[(space + 1)..];
        if (name.SequenceEqual("HEAD"u8))
        {
            _head = id;
        }
        else
        {
            _refs.Add(RefName.IsValid(name) ? name : throw new BundleException($"bundle header: '{Shown(name)}' is not a ref name"), id);
            ThrowIfPast(_refs.Count, MaxCount, "refs");
        }
    }

    private ObjectId ParseId(ReadOnlySpan<byte> hex) =>
        ObjectId.TryParse(hex, out var id) && id.Format == _format && !id.IsNull
            ? id
            : throw new BundleException($"bundle header: '{Shown(hex)}' is not a {_format} id");

    private static void ThrowIfPast(int count, int limit, string what)
    {
        if (count > limit)
        {
            throw new BundleException($"bundle header: more than {limit} {what}");
        }
    }

    private static string Shown(ReadOnlySpan<byte> line) => Printable.Escaped(line[..Math.Min(line.Length, 100)]);
}
