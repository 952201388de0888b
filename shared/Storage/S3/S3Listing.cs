using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>Lists the objects below a prefix, a thousand per request, in the order of their keys' bytes, as Amazon does.</summary>
internal static class S3Listing
{
    public static async IAsyncEnumerable<StoredObject> ReadAsync(
        S3Bucket bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request
        {
            BucketName = bucket.Name,
            Prefix = bucket.Prefix.Add(prefix),
            // Keys may have characters that XML does not allow, and one of them would make the whole listing unreadable.
            Encoding = EncodingType.Url,
        };
        var limits = new ListingLimits(bucket.Time);
        do
        {
            var page = await bucket.AskAsync((client, token) => client.ListObjectsV2Async(request, token), cancellation);
            if (page.IsTruncated is null || (page.IsTruncated == true && string.IsNullOrEmpty(page.NextContinuationToken)))
            {
                // The SDK accepts any XML as a listing, even an HTML page. The result would be empty or incomplete.
                throw S3Text.NoAnswer();
            }
            var next = page.IsTruncated == true ? page.NextContinuationToken : null;
            limits.AddPage(next);
            foreach (var found in page.S3Objects ?? [])
            {
                limits.AddObject(found.Key);
                var name = page.Encoding == EncodingType.Url ? WebUtility.UrlDecode(found.Key) : found.Key;
                if (TryToKey(bucket, name) is { } key)
                {
                    yield return Describe(key, found);
                }
            }
            request.ContinuationToken = next;
        }
        while (request.ContinuationToken is not null);
    }

    /// <summary>The key of an object, or null if its name is not a valid key:
    /// it belongs to the store itself, or to other users of the bucket.</summary>
    private static string? TryToKey(S3Bucket bucket, string name)
    {
        var key = bucket.Prefix.Remove(name);
        return StoreKey.Fault(key) is null ? key : null;
    }

    private static StoredObject Describe(string key, S3Object found) =>
        new(key, found.Size ?? 0, S3Text.ETag(found.ETag), S3Bucket.WholeSeconds(found.LastModified ?? default));
}
