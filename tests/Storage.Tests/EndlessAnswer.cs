using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>A server whose answers have no end, and which counts what it could send.</summary>
internal sealed class EndlessAnswer(int status, string beginning, string piece)
{
    // What both ends of a connection hold at most, by the system's own settings.
    public const long Buffers = 24 * 1024 * 1024;

    private long _sent;

    public long Sent => Interlocked.Read(ref _sent);

    public async Task HandleAsync(FakeRequest request, Stream stream, CancellationToken cancellation)
    {
        await request.ReadBodyAsync(cancellation);
        var head = $"HTTP/1.1 {status} Status\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n{beginning}";
        await stream.WriteAsync(Encoding.UTF8.GetBytes(head), cancellation);
        var bytes = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(piece, 64 * 1024 / piece.Length)));
        try
        {
            while (true)
            {
                await stream.WriteAsync(bytes, cancellation);
                Interlocked.Add(ref _sent, bytes.Length);
            }
        }
        catch (IOException)
        {
            // The other end has had enough.
            await stream.DisposeAsync();
        }
    }
}
