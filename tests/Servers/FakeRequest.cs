using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Mirror.Tests.Servers;

/// <summary>A request as it came over the wire. The body is read when asked for: a handler can answer or hang up before.</summary>
public sealed class FakeRequest
{
    // Ours alone: no test sends a longer line, and a bug must not read for ever.
    private const int MaxLineSize = 64 * 1024;

    private readonly Stream _input;
    private readonly Socket _socket;
    private byte[]? _body;

    private FakeRequest(string line, Dictionary<string, string> headers, Stream input, Socket socket)
    {
        var words = line.Split(' ');
        Method = words[0];
        Target = words[1];
        Headers = headers;
        _input = input;
        _socket = socket;
    }

    public string Method { get; }

    /// <summary>Path and query, as sent.</summary>
    public string Target { get; }

    /// <summary>By name, without regard to case; values of the same name joined with a comma.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    public bool IsChunked => Headers.GetValueOrDefault("Transfer-Encoding") == "chunked";

    /// <summary>What was read of the body, chunks joined; empty until it has been read.</summary>
    public byte[] Body => _body ?? [];

    /// <summary>Reads the head of the next request; null at the connection's end.</summary>
    internal static async Task<FakeRequest?> ReadAsync(Stream input, Socket socket, CancellationToken cancellation)
    {
        var line = await ReadLineAsync(input, cancellation);
        if (line.Length == 0)
        {
            return null;
        }
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(input, cancellation) is { Length: > 0 } header)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (header[..colon], header[(colon + 1)..].Trim());
            headers[name] = headers.TryGetValue(name, out var earlier) ? $"{earlier}, {value}" : value;
        }
        return new FakeRequest(line, headers, input, socket);
    }

    /// <summary>Reads the body to its end, after the <c>100 Continue</c> that the client may be waiting for.</summary>
    public async Task<byte[]> ReadBodyAsync(CancellationToken cancellation)
    {
        if (_body is not null)
        {
            return _body;
        }
        if (Headers.ContainsKey("Expect"))
        {
            await _socket.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), cancellation);
        }
        using var body = new MemoryStream();
        if (IsChunked)
        {
            await ReadChunksAsync(body, cancellation);
        }
        else if (Headers.TryGetValue("Content-Length", out var size))
        {
            await CopyAsync(body, int.Parse(size, CultureInfo.InvariantCulture), cancellation);
        }
        return _body = body.ToArray();
    }

    /// <summary>Ends the connection with a reset instead of an orderly end.</summary>
    public void Reset() => _socket.Close(timeout: 0);

    private async Task ReadChunksAsync(MemoryStream body, CancellationToken cancellation)
    {
        while (true)
        {
            var line = await ReadLineAsync(_input, cancellation);
            var size = int.Parse(line.Split(';')[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
            await CopyAsync(body, size, cancellation);
            // After a chunk's bytes an empty line; after the last chunk, of size 0, the end of the trailers, which nobody here sends.
            await ReadLineAsync(_input, cancellation);
            if (size == 0)
            {
                return;
            }
        }
    }

    private async Task CopyAsync(MemoryStream body, int size, CancellationToken cancellation)
    {
        var bytes = new byte[size];
        await _input.ReadExactlyAsync(bytes, cancellation);
        body.Write(bytes);
    }

    private static async Task<string> ReadLineAsync(Stream input, CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < MaxLineSize && await input.ReadAsync(one, cancellation) == 1 && one[0] != '\n')
        {
            line.Append((char)one[0]);
        }
        return line.ToString().TrimEnd('\r');
    }

    public override string ToString() => $"{Method} {Target}";
}
