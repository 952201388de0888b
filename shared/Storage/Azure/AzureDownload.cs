using System.Globalization;
using Azure;
using Azure.Storage.Blobs.Models;
using Mirror.Storage.Drivers;
using Mirror.Storage.Parts;

namespace Mirror.Storage.Azure;

/// <summary>Reads a blob with one request, and with more if the connection breaks. All of them read the same version, or fail.</summary>
internal sealed class AzureDownload(AzureContainer container, string key, TimeProvider time)
{
    /// <summary>Null if there is no blob. Throws the failure 416 if the offset is at or beyond the end.</summary>
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

    // A range cannot be empty, so for size 0 it is one byte that is not read. An empty blob can only be read without a range.
    private static HttpRange RangeOf(long offset, long? size) =>
        size is null || size > long.MaxValue - offset ? new HttpRange(offset) : new HttpRange(offset, Math.Max(size.Value, 1));

    /// <summary>The whole size, from <c>bytes 7-99/100</c> or, for an answer without a range, its length.</summary>
    private static long WholeSize(BlobDownloadDetails details) => details.ContentRange is { } range
        ? long.Parse(range.AsSpan(range.LastIndexOf('/') + 1), NumberStyles.None, CultureInfo.InvariantCulture)
        : details.ContentLength;
}
