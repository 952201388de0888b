using System.Diagnostics;
using System.Globalization;

namespace Mirror.Tests.Servers;

/// <summary>A request that Apache has answered.</summary>
/// <remarks>Sizes are those on the wire, headers included. In HTTP/2 they are rough: its framing is not in them.</remarks>
public sealed record ServedRequest(string Method, string Target, int Status)
{
    public long SizeIn { get; init; }

    public long SizeOut { get; init; }

    /// <summary><c>HTTP/1.1</c> or <c>HTTP/2.0</c>.</summary>
    public string Protocol { get; init; } = "";

    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    public override string ToString() => $"{Method} {Target} {Status}";
}

/// <summary>Apache's two logs, joined: a request is in the forensic log once it has begun, in the access log once it has ended.</summary>
internal sealed class ApacheLog(string accessLog, string forensicLog)
{
    private static readonly TimeSpan Deadline = Hang.Limit;

    /// <summary>The requests whose target has <paramref name="part"/> in it, waiting for those that have begun to end.</summary>
    public async Task<IReadOnlyList<ServedRequest>> ReadAsync(string part)
    {
        var deadline = Stopwatch.StartNew();
        while (true)
        {
            // In this order: the other way round a request could begin and end in between, and be taken for one that goes on.
            var begun = await ReadBegunAsync(part);
            var ended = await ReadEndedAsync();
            var running = begun.Where(request => !ended.ContainsKey(request.Id)).ToList();
            if (running.Count == 0)
            {
                return [.. begun.Select(request => Join(request, ended[request.Id]))];
            }
            if (deadline.Elapsed > Deadline)
            {
                throw new TimeoutException($"after {Deadline} not answered: {string.Join(", ", running.Select(request => request.Line))}");
            }
            await Task.Delay(10);
        }
    }

    /// <summary>Lines such as <c>+id|GET /path HTTP/1.1|Host:127.0.0.1|…</c>; those of the ends begin with a minus.</summary>
    private async Task<List<Begun>> ReadBegunAsync(string part)
    {
        var requests = new List<Begun>();
        foreach (var line in await ReadLinesAsync(forensicLog))
        {
            var fields = line.Split('|');
            if (fields[0].StartsWith('+') && fields[1].Contains(part, StringComparison.Ordinal))
            {
                requests.Add(new Begun(fields[0][1..], fields[1], fields[2..]));
            }
        }
        return requests;
    }

    private async Task<Dictionary<string, string[]>> ReadEndedAsync()
    {
        var lines = await ReadLinesAsync(accessLog);
        return lines.Select(line => line.Split('\t')).Where(fields => fields[0] != "-").ToDictionary(fields => fields[0]);
    }

    private static ServedRequest Join(Begun begun, string[] ended)
    {
        var line = begun.Line.Split(' ');
        return new ServedRequest(line[0], line[1], Number(ended[1]))
        {
            SizeIn = Number(ended[2]),
            SizeOut = Number(ended[3]),
            Protocol = ended[4],
            Headers = begun.Headers.Select(header => header.Split(':', 2))
                .ToDictionary(header => header[0], header => Uri.UnescapeDataString(header[1]), StringComparer.OrdinalIgnoreCase),
        };
    }

    private static int Number(string text) => text == "-" ? 0 : int.Parse(text, CultureInfo.InvariantCulture);

    /// <summary>The whole lines: Apache may be writing the last one.</summary>
    private static async Task<string[]> ReadLinesAsync(string path)
    {
        var text = await File.ReadAllTextAsync(path);
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private sealed record Begun(string Id, string Line, string[] Headers);
}
