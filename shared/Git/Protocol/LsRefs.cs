using System.Buffers;
using Mirror.Git.Transport;

namespace Mirror.Git.Protocol;

/// <summary>The <c>ls-refs</c> command of gitprotocol-v2(5).
/// It asks for refs by prefix, so that the server does not send the others.</summary>
internal static class LsRefs
{
    // upload-pack ignores all prefixes when there are too many (MAX_ALLOWED_PREFIXES in git's ls-refs.c);
    // then we filter the refs ourselves.
    private const int MaxPrefixCount = 65536;

    public static ReadOnlyMemory<byte> Request(IEnumerable<RefPattern> patterns, Capabilities capabilities, string agent)
    {
        var request = new ArrayBufferWriter<byte>();
        CommandV2.Begin(request, "ls-refs", capabilities, agent);
        PktLine.Write(request, "peel\n");
        PktLine.Write(request, "symrefs\n");
        if (capabilities.Has("ls-refs", "unborn"))
        {
            PktLine.Write(request, "unborn\n");
        }
        foreach (var prefix in patterns.Select(pattern => pattern.Prefix).Append("HEAD").Distinct().Take(MaxPrefixCount))
        {
            PktLine.Write(request, $"ref-prefix {prefix}\n");
        }
        request.Write(PktLine.FlushLine);
        return request.WrittenMemory;
    }

    public static async Task<RefListing> ReadAsync(
        PktReader reader, IReadOnlyCollection<RefPattern> patterns, ObjectFormat? format, CancellationToken cancellation)
    {
        reader.Expect(Awaited.Refs);
        var refs = new RefCollector(patterns) { Format = format };
        while (await reader.ReadDataOrFlushAsync("inside the list of refs", cancellation) is { Kind: PktKind.Data } line)
        {
            if (Add(refs, line.Text))
            {
                reader.Count(line.Payload.Length);
            }
        }
        return refs.ToListing();
    }

    /// <summary>Decodes <c>oid SP name [SP symref-target:NAME] [SP peeled:OID]</c>, where <c>unborn</c> may stand for the id.</summary>
    /// <returns>False if the line has no ref.</returns>
    private static bool Add(RefCollector refs, ReadOnlySpan<byte> line)
    {
        var original = line;
        var id = NextWord(ref line);
        var name = NextWord(ref line);
        if (name.IsEmpty)
        {
            throw GitProtocolException.Malformed($"ref line {GitProtocolException.Quote(original)}");
        }
        ObjectId? peeled = null;
        while (!line.IsEmpty)
        {
            var attribute = NextWord(ref line);
            if (attribute.StartsWith("peeled:"u8))
            {
                peeled = refs.ParseId(attribute["peeled:".Length..]);
            }
            else if (attribute.StartsWith("symref-target:"u8) && name.SequenceEqual("HEAD"u8)
                && RefName.TryParse(attribute["symref-target:".Length..], out var head))
            {
                refs.Head = head;
            }
        }
        if (id.SequenceEqual("unborn"u8))
        {
            return false;
        }
        refs.Add(name, refs.ParseId(id), peeled);
        return !name.SequenceEqual("HEAD"u8);
    }

    private static ReadOnlySpan<byte> NextWord(ref ReadOnlySpan<byte> line)
    {
        var space = line.IndexOf((byte)' ');
        var word = space < 0 ? line : line[..space];
        line = space < 0 ? default : line[(space + 1)..];
        return word;
    }
}
