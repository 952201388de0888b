using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Mirror.Functions.Webhook;

/// <summary>The body of a request that anybody may have sent: bounded in size and in time.</summary>
internal static class WebhookBody
{
    /// <summary>A push of several hundred commits, each of which forges describe.
    /// What is in a larger one comes with the next plan.</summary>
    internal const int MaxSize = 1024 * 1024;

    /// <summary>Forges themselves wait 10 s for the answer. The server's own limit is
    /// a rate, with which a body of this size takes an hour.</summary>
    internal static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(30);

    /// <exception cref="BadHttpRequestException">It is too large, or too slow; the server itself says so, too.</exception>
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
