using System.Globalization;
using System.Text;

namespace Mirror.Tests.Servers;

/// <summary>Handlers for <see cref="FakeServer"/>, and the bytes of answers for those that a test writes itself.</summary>
public static class FakeAnswer
{
    /// <summary>A whole answer with its size declared.</summary>
    public static byte[] Bytes(int status, string contentType, ReadOnlySpan<byte> body, params ReadOnlySpan<string> headers)
    {
        var head = new StringBuilder();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {status} Status\r\n");
        head.Append(CultureInfo.InvariantCulture, $"Content-Type: {contentType}\r\nContent-Length: {body.Length}\r\n");
        foreach (var header in headers)
        {
            head.Append(header).Append("\r\n");
        }
        return [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. body];
    }

    /// <summary>A whole answer whose body comes in the given chunks.</summary>
    public static byte[] ChunkedBytes(string contentType, params IEnumerable<byte[]> chunks)
    {
        using var all = new MemoryStream();
        all.Write(Encoding.Latin1.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: {contentType}\r\nTransfer-Encoding: chunked\r\n\r\n"));
        foreach (var chunk in chunks.Append([]))
        {
            all.Write(Encoding.Latin1.GetBytes(chunk.Length.ToString("x", CultureInfo.InvariantCulture)));
            all.Write([.. "\r\n"u8, .. chunk, .. "\r\n"u8]);
        }
        return all.ToArray();
    }

    /// <summary>Reads the request to its end, then answers with these bytes.</summary>
    public static FakeHandler Raw(byte[] answer) => async (request, stream, cancellation) =>
    {
        await request.ReadBodyAsync(cancellation);
        await stream.WriteAsync(answer, cancellation);
    };

    /// <summary>A status with a short text; headers such as <c>Retry-After: 1</c>.</summary>
    public static FakeHandler Status(int status, params string[] headers) =>
        Raw(Bytes(status, "text/plain", "no\n"u8, headers));

    public static FakeHandler Ok(string contentType, byte[] body) => Raw(Bytes(200, contentType, body));

    /// <summary>Answers with the first bytes of an answer and hangs up.</summary>
    public static FakeHandler Cut(byte[] answer, int size) => async (request, stream, cancellation) =>
    {
        await request.ReadBodyAsync(cancellation);
        await stream.WriteAsync(answer.AsMemory(0, size), cancellation);
        await stream.DisposeAsync();
    };

    /// <summary>Answers one byte at a time, each in a packet of its own.</summary>
    public static FakeHandler Trickle(byte[] answer) => async (request, stream, cancellation) =>
    {
        await request.ReadBodyAsync(cancellation);
        for (var i = 0; i < answer.Length; i++)
        {
            await stream.WriteAsync(answer.AsMemory(i, 1), cancellation);
        }
    };

    /// <summary>Sends these bytes, which may be none, and then nothing more, with the connection open.</summary>
    public static FakeHandler Stall(params byte[] beginning) => async (request, stream, cancellation) =>
    {
        await request.ReadBodyAsync(cancellation);
        await stream.WriteAsync(beginning, cancellation);
        await Task.Delay(Timeout.Infinite, cancellation);
    };

    /// <summary>Hangs up once the head has come, with the body unread.</summary>
    public static FakeHandler HangUp() => async (_, stream, _) => await stream.DisposeAsync();

    /// <summary>The first request meets the first handler, and so on; the last handler serves for all that follow.</summary>
    public static FakeHandler InTurn(params FakeHandler[] handlers)
    {
        var next = -1;
        return (request, stream, cancellation) =>
            handlers[Math.Min(Interlocked.Increment(ref next), handlers.Length - 1)](request, stream, cancellation);
    }
}
