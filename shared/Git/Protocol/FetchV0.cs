using System.Buffers;
using Mirror.Git.Transport;
using Mirror.Streams;

namespace Mirror.Git.Protocol;

/// <summary>
/// Fetches before protocol v2, gitprotocol-pack(5). The request has the wants, the first with our capabilities, then the haves, then
/// <c>done</c>. The server acknowledges each have that it shares as it reads it, sends a last ACK or NAK, then the pack.
/// </summary>
internal static class FetchV0
{
    public static async Task<Fetch> RunAsync(IServiceConnection connection, Terms terms, FetchRequest request,
        CancellationToken cancellation)
    {
        var answer = await connection.SendAsync([Compose(terms, request)], cancellation);
        answer.Expect(Awaited.Pack);
        var haves = request.Haves.ToHashSet();
        var common = new HashSet<ObjectId>();
        while (await answer.ReadDataOrFlushAsync("inside the acknowledgments", cancellation) is var line
            && !ReadAcknowledgment(line, haves, common))
        {
        }
        var hasSideband = terms.Capabilities.Has("side-band-64k") || terms.Capabilities.Has("side-band");
        return new Fetch(common, hasSideband ? new SidebandStream(answer, new ProgressText(request.Progress)) : new RawStream(answer));
    }

    private static ReadOnlyMemory<byte> Compose(Terms terms, FetchRequest request)
    {
        var body = new ArrayBufferWriter<byte>();
        var capabilities = string.Join(' ', Wanted(terms, request));
        foreach (var want in request.Wants)
        {
            PktLine.Write(body, capabilities.Length > 0 ? $"want {want} {capabilities}\n" : $"want {want}\n");
            capabilities = "";
        }
        body.Write(PktLine.FlushLine);
        foreach (var have in request.Haves)
        {
            PktLine.Write(body, "have"u8, have);
        }
        PktLine.Write(body, "done\n");
        return body.WrittenMemory;
    }

    private static IEnumerable<string> Wanted(Terms terms, FetchRequest request)
    {
        var offered = terms.Capabilities;
        // Without multi_ack_detailed the server acknowledges one common commit only, and the pack is then built on that commit.
        string[] plain = ["multi_ack_detailed", request.Thin ? "thin-pack" : "", request.OffsetDeltas ? "ofs-delta" : "",
            request.Progress is null ? "no-progress" : "", offered.Has("side-band-64k") ? "side-band-64k" : "side-band"];
        foreach (var name in plain.Where(offered.Has))
        {
            yield return name;
        }
        if (offered.Has("object-format"))
        {
            yield return $"object-format={offered.ObjectFormat}";
        }
        if (offered.Has("agent"))
        {
            yield return $"agent={terms.Agent}";
        }
    }

    /// <summary>
    /// Reads one line; true if the pack follows. <c>ACK oid common</c> continues; a bare <c>ACK oid</c> or <c>NAK</c> is the last. <c>ACK
    /// oid ready</c> does not mean that the server has the object, only that it has seen enough (get_common_commits in git's
    /// upload-pack.c).
    /// </summary>
    private static bool ReadAcknowledgment(PktLine line, HashSet<ObjectId> haves, HashSet<ObjectId> common)
    {
        var text = line.Text;
        if (line.Kind == PktKind.Data && text.SequenceEqual("NAK"u8))
        {
            return true;
        }
        if (line.Kind != PktKind.Data || !text.StartsWith("ACK "u8))
        {
            throw GitProtocolException.Malformed($"acknowledgment {GitProtocolException.Quote(text)}");
        }
        text = text["ACK "u8.Length..];
        var space = text.IndexOf((byte)' ');
        if (!ObjectId.TryParse(space < 0 ? text : text[..space], out var id) || !haves.Contains(id))
        {
            throw GitProtocolException.Malformed($"acknowledgment {GitProtocolException.Quote(text)}");
        }
        if (space < 0 || !text[space..].SequenceEqual(" ready"u8))
        {
            common.Add(id);
        }
        return space < 0;
    }

    /// <summary>The pack of a server without side-band: all bytes up to the end of the answer.</summary>
    private sealed class RawStream(PktReader reader) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await reader.ReadRawAsync(buffer, cancellationToken);
            reader.Count(read);
            return read;
        }
    }
}
