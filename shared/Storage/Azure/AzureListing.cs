using System.Diagnostics;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.Azure;

/// <summary>Lists the blobs below a prefix, page by page. Names that are not valid keys belong to other users of the container, or to the
/// store itself, and are left out.</summary>
internal static class AzureListing
{
    // Azure's page size. A name has at most 1,024 characters of three bytes each, and each blob has about 1.5 kB of other data.
    internal static readonly PageLimits LargestPage = new(Size: 24 * 1024 * 1024, ObjectCount: 5_000);

    public static async IAsyncEnumerable<StoredObject> ReadAsync(
        AzureContainer container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var late = new List<StoredObject>();
        await foreach (var blob in BlobsAsync(container, prefix, cancellation))
        {
            var key = container.Prefix.Remove(blob.Name);
            if (StoreKey.Fault(key) is not null)
            {
                continue;
            }
            // Azure lists in the order of UTF-16 or of UTF-8. The two orders differ only after a surrogate, which hardly any key has.
            // From the first surrogate on, the rest is held and sorted.
            if (late.Count > 0 || key.Any(char.IsSurrogate))
            {
                late.Add(Describe(key, blob.Properties));
                continue;
            }
            yield return Describe(key, blob.Properties);
        }
        late.Sort((left, right) => StoreKey.Compare(left.Key, right.Key));
        foreach (var found in late)
        {
            yield return found;
        }
    }

    private static async IAsyncEnumerable<BlobItem> BlobsAsync(
        AzureContainer container, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? token = null;
        var limits = new ListingLimits(container.Time);
        do
        {
            var page = await container.RunAsync(
                client => PageAsync(client, container.Prefix.Add(prefix), token, cancellation), cancellation);
            limits.AddPage(page.ContinuationToken);
            foreach (var blob in page.Values)
            {
                limits.AddObject(blob.Name);
                yield return blob;
            }
            token = page.ContinuationToken;
        }
        while (!string.IsNullOrEmpty(token));
    }

    private static async Task<Page<BlobItem>> PageAsync(BlobContainerClient client, string prefix, string? token,
        CancellationToken cancellation)
    {
        var blobs = client.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation);
        await foreach (var page in blobs.AsPages(token, LargestPage.ObjectCount).WithCancellation(cancellation))
        {
            return page;
        }
        throw new UnreachableException("a listing has at least one page");
    }

    private static StoredObject Describe(string key, BlobItemProperties properties) =>
        AzureBlob.Describe(key, properties.ContentLength ?? 0, properties.ETag ?? default, properties.LastModified ?? default);
}
