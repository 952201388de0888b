using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Mirror.Functions.Webhook;

/// <summary>The body of a request that anyone may have sent. Its size and time are limited.</summary>
internal static class WebhookBody
{
    /// <summary>Enough for a push of several hundred commits, which forges describe one by one.
    /// A larger push waits for the next plan.</summary>
    internal const int MaxSize = 1024 * 1024;

    /// <summary>Forges themselves wait 10 s for the answer.
    /// The server's own limit is a minimum rate, with which a body of this size may take an hour.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <exception cref="BadHttpRequestException">It is too large or too slow. The server itself throws this too.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, TimeProvider time, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(MaxTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await ReadAsync(request, either.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new BadHttpRequestException($"the body did not come in {MaxTime.TotalSeconds:0} s", StatusCodes.Status408RequestTimeout);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        var content = new ArrayBufferWriter<byte>(16 * 1024);
        ThrowIfTooLarge(request.ContentLength);
        while (await request.Body.ReadAsync(content.GetMemory(16 * 1024), cancellation) is > 0 and var size)
        {
            content.Advance(size);
            ThrowIfTooLarge(content.WrittenCount);
        }
        return content.WrittenMemory;
    }

    private static void ThrowIfTooLarge(long? size)
    {
        if (size > MaxSize)
        {
            throw new BadHttpRequestException($"the body has more than {MaxSize} bytes", StatusCodes.Status413PayloadTooLarge);
        }
    }
}
