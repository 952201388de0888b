using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>
/// A Git server in memory that has refs and no objects: every pack that it sends is one small blob, and every pack that it gets is
/// forgotten. For tests of what is done in which order, thousands of times.
/// </summary>
internal sealed class PretendGit : IAsyncDisposable
{
    private static readonly string Zero = new('0', 40);
    private static readonly byte[] Pack = MakePack();

    private readonly FakeServer _server;

    public PretendGit() => _server = new FakeServer(AnswerAsync);

    public SortedDictionary<string, string> Refs { get; } = new(StringComparer.Ordinal);

    public string Capabilities { get; init; } = "report-status delete-refs ofs-delta atomic object-format=sha1";

    public string Url => $"{_server.Url}/x.git";

    private async Task AnswerAsync(FakeRequest request, Stream stream, CancellationToken cancellation)
    {
        var body = Encoding.Latin1.GetString(await request.ReadBodyAsync(cancellation));
        var (type, answer) = request.Method == "GET" ? ("git-receive-pack-advertisement", Opening())
            : request.Target.EndsWith("git-receive-pack", StringComparison.Ordinal) ? ("git-receive-pack-result", Push(body))
            : ("git-upload-pack-result", body.Contains("command=ls-refs", StringComparison.Ordinal) ? List() : Fetch(body));
        await stream.WriteAsync(FakeAnswer.Bytes(200, $"application/x-{type}", Encoding.Latin1.GetBytes(answer)), cancellation);
    }

    private string Opening()
    {
        string[] lines = Refs.Count == 0 ? [$"{Zero} capabilities^{{}}"] : [.. Refs.Select(found => $"{found.Value} {found.Key}")];
        lines[0] += $"\0{Capabilities}";
        return $"{Line("# service=git-receive-pack\n")}0000{string.Concat(lines.Select(line => Line($"{line}\n")))}0000";
    }

    private string List() => Line($"{Refs["refs/heads/main"]} HEAD symref-target:refs/heads/main\n")
        + string.Concat(Refs.Select(found => Line($"{found.Value} {found.Key}\n"))) + "0000";

    private static string Fetch(string body)
    {
        var pack = $"{Line("packfile\n")}{Line($"\u0001{Encoding.Latin1.GetString(Pack)}")}0000";
        return body.Contains("done", StringComparison.Ordinal) ? pack : $"{Line("acknowledgments\n")}{Line("ready\n")}0001{pack}";
    }

    private string Push(string body)
    {
        var commands = Commands(body).ToList();
        var isFresh = commands.TrueForAll(command => Refs.GetValueOrDefault(command[2], Zero) == command[0]);
        foreach (var command in commands.Where(_ => isFresh))
        {
            Refs[command[2]] = command[1];
            if (command[1] == Zero)
            {
                Refs.Remove(command[2]);
            }
        }
        var reports = commands.Select(command => Line(isFresh ? $"ok {command[2]}\n" : $"ng {command[2]} stale\n"));
        return $"{Line("unpack ok\n")}{string.Concat(reports)}0000";
    }

    /// <summary>Each as old, new and name.</summary>
    private static IEnumerable<string[]> Commands(string body)
    {
        for (var at = 0;
            int.Parse(body.AsSpan(at, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) is > 0 and var size;
            at += size)
        {
            yield return body.Substring(at + 4, size - 4).Split('\0')[0].TrimEnd('\n').Split(' ');
        }
    }

    private static string Line(string text) => $"{text.Length + 4:x4}{text}";

    private static byte[] MakePack()
    {
        var head = new byte[12];
        "PACK"u8.CopyTo(head);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(4), 2);
        BinaryPrimitives.WriteUInt32BigEndian(head.AsSpan(8), 1);
        using var pack = new MemoryStream();
        // A blob of one byte.
        pack.Write([.. head, 0x31]);
        using (var zlib = new ZLibStream(pack, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write("x"u8);
        }
#pragma warning disable CA5350 // SHA-1 is what the format says.
        pack.Write(SHA1.HashData(pack.ToArray()));
#pragma warning restore CA5350
        return pack.ToArray();
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
