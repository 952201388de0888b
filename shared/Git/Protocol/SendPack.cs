using System.Buffers;
using System.Text;
using Mirror.Git.Transport;

namespace Mirror.Git.Protocol;

/// <summary>
/// A push, gitprotocol-pack(5). The request has commands, push options if any, and a pack unless all commands are deletes. The report is
/// a sequence of pkt-lines inside side-band 1. One side-band packet may hold many of these lines, or part of one,
/// so the report is read as a stream.
/// </summary>
internal sealed class SendPack(Capabilities offered, string agent)
{
    // Commands are flushed at this size, so that 50,000 commands are never held at once.
    private const int FlushSize = 64 * 1024;

    // Each ref has a line of ok or ng and up to four option lines, and a hook may report a ref more than once.
    private const int MaxReportLinesPerRef = 16;

    // A sentence or two, since very many refs may be refused.
    private const int MaxReasonSize = 1000;

    public async Task WriteAsync(PushRequest request, Stream body, CancellationToken cancellation)
    {
        var buffer = new ArrayBufferWriter<byte>(FlushSize);
        var line = new ArrayBufferWriter<byte>();
        var capabilities = $"\0 {string.Join(' ', Wanted(request))}";
        foreach (var command in request.Commands)
        {
            line.ResetWrittenCount();
            Compose(command, capabilities, line);
            PktLine.Write(buffer, line.WrittenSpan);
            capabilities = "";
            if (buffer.WrittenCount >= FlushSize)
            {
                await FlushAsync(buffer, body, cancellation);
            }
        }
        buffer.Write(PktLine.FlushLine);
        WriteOptions(request, buffer);
        await FlushAsync(buffer, body, cancellation);
        if (request.WritePack is { } writePack)
        {
            await writePack(body, cancellation);
        }
        else if (request.Commands.Any(command => !command.IsDelete))
        {
            await body.WriteAsync(EmptyPack.Of(offered.ObjectFormat), cancellation);
        }
        await body.FlushAsync(cancellation);
    }

    public async Task<PushReport> ReadReportAsync(PktReader answer, PushRequest request, CancellationToken cancellation)
    {
        var report = new PushReport(request.Commands);
        answer.Expect(Awaited.Report);
        if (!offered.Has("report-status-v2") && !offered.Has("report-status"))
        {
            // Without a report, the refs have to be listed again.
            // The answer is read anyway: a server that cannot write may stop half way.
            await ReadToEndAsync(answer, cancellation);
            return report;
        }
        var progress = new ProgressText(request.Progress);
        report.Messages = progress.LastLines;
        try
        {
            var lines = offered.Has("side-band-64k") ? new PktReader(new SidebandStream(answer, progress)) : answer;
            await ReadReportAsync(lines, report, cancellation);
            answer.Expect(Awaited.End);
            await ReadToEndAsync(lines, cancellation);
        }
        catch (GitProtocolException failure) when (progress.LastLines.Count > 0)
        {
            // The remote's last messages are most often the cause.
            throw new GitProtocolException(failure.Failure, $"{failure.Message} (it said: {string.Join("; ", progress.LastLines)})",
                failure);
        }
        return report;
    }

    private IEnumerable<string> Wanted(PushRequest request)
    {
        string[] plain = [offered.Has("report-status-v2") ? "report-status-v2" : "report-status", "side-band-64k",
            request.Atomic ? "atomic" : "", request.Options.Count > 0 ? "push-options" : "", request.Progress is null ? "quiet" : ""];
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
            yield return $"agent={agent}";
        }
    }

    /// <summary>Composes <c>old SP new SP name</c>, with our capabilities on the first line. It makes no strings, since a push may have
    /// very many commands.</summary>
    private static void Compose(RefCommand command, string capabilities, ArrayBufferWriter<byte> line)
    {
        foreach (var id in (ReadOnlySpan<ObjectId>)[command.Old, command.New])
        {
            var size = id.Format.HexSize;
            var digits = line.GetSpan(size + 1);
            id.WriteHex(digits);
            digits[size] = (byte)' ';
            line.Advance(size + 1);
        }
        line.Write(command.Name.Utf8);
        Encoding.UTF8.GetBytes(capabilities, line);
    }

    private void WriteOptions(PushRequest request, ArrayBufferWriter<byte> buffer)
    {
        if (request.Options.Count > 0 && offered.Has("push-options"))
        {
            foreach (var option in request.Options)
            {
                PktLine.Write(buffer, option);
            }
            buffer.Write(PktLine.FlushLine);
        }
    }

    private static async Task ReadReportAsync(PktReader lines, PushReport report, CancellationToken cancellation)
    {
        const string where = "inside the push report";
        var first = await lines.ReadDataOrFlushAsync("before the push report", cancellation);
        if (first.Kind != PktKind.Data || !first.Text.StartsWith("unpack "u8))
        {
            throw GitProtocolException.Malformed($"{GitProtocolException.Quote(first.Text)} where the push report should be");
        }
        var result = Reason(first.Text["unpack "u8.Length..]);
        report.UnpackError = result == "ok" ? null : result;
        for (var rest = report.CommandCount * (long)MaxReportLinesPerRef;
            await lines.ReadDataOrFlushAsync(where, cancellation) is { Kind: PktKind.Data } line; rest--)
        {
            if (rest == 0)
            {
                throw GitProtocolException.Malformed($"a push report of more than {MaxReportLinesPerRef} lines for each ref");
            }
            lines.Count(line.Payload.Length);
            ReadLine(line.Text, report);
        }
    }

    /// <summary>Reads until the post-receive hook has ended, since the hook would be killed if its output was not read. Failures are
    /// ignored: the refs have moved already.</summary>
    private static async Task ReadToEndAsync(PktReader lines, CancellationToken cancellation)
    {
        try
        {
            while ((await lines.ReadAsync(cancellation)).Kind != PktKind.EndOfStream)
            {
            }
        }
        catch (Exception failure) when (failure is GitProtocolException or IOException)
        {
        }
    }

    /// <summary>Decodes <c>ok REF</c>, <c>ng REF REASON</c>, or <c>option KEY VALUE</c> on the ref before it.</summary>
    private static void ReadLine(ReadOnlySpan<byte> line, PushReport report)
    {
        if (line.StartsWith("ok "u8))
        {
            Select(line["ok "u8.Length..], report);
            report.Accept();
        }
        else if (line.StartsWith("ng "u8))
        {
            line = line["ng "u8.Length..];
            var space = line.IndexOf((byte)' ');
            Select(space < 0 ? line : line[..space], report);
            report.Refuse(space < 0 ? "refused without a reason" : Reason(line[(space + 1)..]));
        }
        else if (line.StartsWith("option "u8) && report.Selected is { } command)
        {
            if (IsElsewhere(line["option "u8.Length..], command))
            {
                report.Forget();
            }
        }
        else
        {
            throw GitProtocolException.Malformed($"push report line {GitProtocolException.Quote(line)}");
        }
    }

    private static string Reason(ReadOnlySpan<byte> words) => Printable.Text(words[..Math.Min(words.Length, MaxReasonSize)]);

    private static void Select(ReadOnlySpan<byte> name, PushReport report)
    {
        if (!report.TrySelect(name))
        {
            throw GitProtocolException.Malformed($"the push report names {GitProtocolException.Quote(name)}, which was not pushed");
        }
    }

    /// <summary>A proc-receive hook may update another ref, or to another id, than was asked. It reports that in options.</summary>
    private static bool IsElsewhere(ReadOnlySpan<byte> option, RefCommand command) =>
        option.StartsWith("refname "u8) ? !option["refname "u8.Length..].SequenceEqual(command.Name.Utf8)
        : option.StartsWith("new-oid "u8) && !(ObjectId.TryParse(option["new-oid "u8.Length..], out var actual) && actual == command.New);

    private static async Task FlushAsync(ArrayBufferWriter<byte> buffer, Stream body, CancellationToken cancellation)
    {
        await body.WriteAsync(buffer.WrittenMemory, cancellation);
        buffer.ResetWrittenCount();
    }
}
