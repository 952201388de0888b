using System.Buffers;
using Mirror.Git.Transport;

namespace Mirror.Git.Protocol;

/// <summary>
/// The <c>fetch</c> command of gitprotocol-v2(5). The first requests send haves without <c>done</c>, and the server acknowledges those
/// that it shares. When these suffice it says <c>ready</c>, and the pack follows in the same answer.
/// So an ordinary update is one request.
/// </summary>
internal static class FetchV2
{
    // A have is 50 bytes here, and git http-backend holds a request of at most 10 MB (GIT_HTTP_MAX_REQUEST_BUFFER).
    private const int MaxHavesPerRequest = 100_000;

    // The lines before the ids, and the ids of an ordinary update.
    private const int FirstSize = 1024;

    private const int PieceSize = 32 * 1024;

    public static async Task<Fetch> RunAsync(IServiceConnection connection, Terms terms, FetchRequest request,
        CancellationToken cancellation)
    {
        var common = new HashSet<ObjectId>();
        for (var start = 0; start < request.Haves.Count; start += MaxHavesPerRequest)
        {
            var batch = request.Haves.Skip(start).Take(MaxHavesPerRequest);
            // Without wait-for-done, a server may send the pack before it has seen all haves,
            // and the pack would be larger than necessary.
            var step = new Step(request, ObjectIdSet.Of(common.Concat(batch)))
            {
                WaitForDone = start + MaxHavesPerRequest < request.Haves.Count,
            };
            var answer = await connection.SendAsync(Compose(terms, step), cancellation);
            answer.Expect(Awaited.Pack);
            if (await ReadAcknowledgmentsAsync(answer, step, common, cancellation))
            {
                return await ReadPackAsync(answer, common, request.Progress, cancellation);
            }
        }
        var last = await connection.SendAsync(Compose(terms, new Step(request, ObjectIdSet.Of(common)) { Done = true }), cancellation);
        last.Expect(Awaited.Pack);
        return await ReadPackAsync(last, common, request.Progress, cancellation);
    }

    /// <summary>Composes a request piece by piece, since it may have very many ids.</summary>
    private static IEnumerable<ReadOnlyMemory<byte>> Compose(Terms terms, Step step)
    {
        var piece = new ArrayBufferWriter<byte>(FirstSize);
        CommandV2.Begin(piece, "fetch", terms.Capabilities, terms.Agent);
        foreach (var argument in Arguments(terms, step))
        {
            PktLine.Write(piece, argument);
        }
        foreach (var (isWant, id) in step.Request.Wants.Select(id => (true, id)).Concat(step.Haves.Select(id => (false, id))))
        {
            PktLine.Write(piece, isWant ? "want"u8 : "have"u8, id);
            if (piece.WrittenCount >= PieceSize)
            {
                yield return piece.WrittenMemory;
                piece.ResetWrittenCount();
            }
        }
        if (step.Done)
        {
            PktLine.Write(piece, "done\n");
        }
        piece.Write(PktLine.FlushLine);
        yield return piece.WrittenMemory;
    }

    private static IEnumerable<string> Arguments(Terms terms, Step step)
    {
        if (step.Request.Thin)
        {
            yield return "thin-pack\n";
        }
        if (step.Request.OffsetDeltas)
        {
            yield return "ofs-delta\n";
        }
        if (step.Request.Progress is null)
        {
            yield return "no-progress\n";
        }
        if (step.WaitForDone && terms.Capabilities.Has("fetch", "wait-for-done"))
        {
            yield return "wait-for-done\n";
        }
    }

    /// <summary>Reads the acknowledgments section; true if the pack follows.</summary>
    private static async Task<bool> ReadAcknowledgmentsAsync(
        PktReader reader, Step step, HashSet<ObjectId> common, CancellationToken cancellation)
    {
        await ExpectAsync(reader, "acknowledgments", cancellation);
        var isReady = false;
        while (true)
        {
            var line = await reader.ReadAsync(cancellation);
            switch (line.Kind)
            {
                case PktKind.Data:
                    isReady |= ReadAcknowledgment(line.Text, step.Haves, common);
                    break;
                case PktKind.Delimiter when isReady:
                    return true;
                case PktKind.Flush when !isReady:
                    return false;
                case PktKind.EndOfStream:
                    throw GitProtocolException.Truncated("inside the acknowledgments");
                default:
                    throw GitProtocolException.Malformed($"a {line.Kind} packet inside the acknowledgments");
            }
        }
    }

    private static bool ReadAcknowledgment(ReadOnlySpan<byte> line, ObjectIdSet haves, HashSet<ObjectId> common)
    {
        if (line.SequenceEqual("ready"u8))
        {
            return true;
        }
        // The pack must not build on objects that the receiver did not list as haves.
        if (line.StartsWith("ACK "u8) && ObjectId.TryParse(line["ACK "u8.Length..], out var id) && haves.Contains(id))
        {
            common.Add(id);
            return false;
        }
        return line.SequenceEqual("NAK"u8) ? false
            : line.StartsWith("ERR "u8) ? throw GitProtocolException.Refused(line["ERR "u8.Length..])
            : throw GitProtocolException.Malformed($"acknowledgment {GitProtocolException.Quote(line)}");
    }

    private static async Task<Fetch> ReadPackAsync(
        PktReader reader, HashSet<ObjectId> common, Action<string>? progress, CancellationToken cancellation)
    {
        var section = await reader.ReadDataOrFlushAsync("before the pack", cancellation);
        if (section.Text.SequenceEqual("shallow-info"u8))
        {
            throw GitProtocolException.Shallow();
        }
        return section.Text.SequenceEqual("packfile"u8)
            ? new Fetch(common, new SidebandStream(reader, new ProgressText(progress)))
            : throw GitProtocolException.Malformed($"section {GitProtocolException.Quote(section.Text)} where the pack should be");
    }

    private static async Task ExpectAsync(PktReader reader, string section, CancellationToken cancellation)
    {
        var line = await reader.ReadDataOrFlushAsync($"before the section '{section}'", cancellation);
        if (!line.Text.SequenceEqual(System.Text.Encoding.ASCII.GetBytes(section)))
        {
            throw GitProtocolException.Malformed($"{GitProtocolException.Quote(line.Text)} where the section '{section}' should be");
        }
    }

    private sealed record Step(FetchRequest Request, ObjectIdSet Haves)
    {
        public bool WaitForDone { get; init; }

        public bool Done { get; init; }
    }
}
