using System.Globalization;
using Azure;
using Azure.Storage.Blobs.Models;
using Mirror.Storage.Drivers;
using Mirror.Storage.Parts;

namespace Mirror.Storage.Azure;

/// <summary>Reads a blob by one request, and by more where the connection breaks: of the same version, or not at all.</summary>
internal sealed class AzureDownload(AzureContainer container, string key, TimeProvider time)
{
    /// <summary>Gives null where there is no blob, and throws the failure 416 where there is nothing at the offset.</summary>
    public async Task<OpenedObject?> TryOpenAsync(long offset, long? size, CancellationToken cancellation)
    {
        BlobDownloadStreamingResult first;
        try
        {
            first = await GetAsync(RangeOf(offset, size), ifMatch: null, cancellation);
        }
        catch (RequestFailedException absence) when (AzureBlob.IsAbsence(absence))
        {
            return null;
        }
        var details = first.Details;
        var end = offset + details.ContentLength;
        var opened = AzureBlob.Describe(key, WholeSize(details), details.ETag, details.LastModified);
        var content = new ResumingStream.Content(
            first.Content,
            offset,
            end,
            (position, token) => ReopenAsync(new HttpRange(position, end - position), details.ETag, token),
            AzureFailure.IsOfConnection);
        return new OpenedObject(opened, new ResumingStream(content, time));
    }

    private async Task<Stream> ReopenAsync(HttpRange range, ETag ifMatch, CancellationToken cancellation)
    {
        using var once = AzurePipeline.Once();
        return (await GetAsync(range, ifMatch, cancellation)).Content;
    }

    private Task<BlobDownloadStreamingResult> GetAsync(HttpRange range, ETag? ifMatch, CancellationToken cancellation)
    {
        var options = new BlobDownloadOptions { Range = range, Conditions = new BlobRequestConditions { IfMatch = ifMatch } };
        return container.RunAsync(key, async blob => (await blob.DownloadStreamingAsync(options, cancellation)).Value, cancellation);
    }

    // No range is empty; what is too much is not read. The whole of an empty blob is had only without a range.
    private static HttpRange RangeOf(long offset, long? size) =>
        size is null || size > long.MaxValue - offset ? new HttpRange(offset) : new HttpRange(offset, Math.Max(size.Value, 1));

    /// <summary>Of <c>bytes 7-99/100</c>, or of an answer that is the whole.</summary>
    private static long WholeSize(BlobDownloadDetails details) => details.ContentRange is { } range
        ? long.Parse(range.AsSpan(range.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture)
        : details.ContentLength;
}
