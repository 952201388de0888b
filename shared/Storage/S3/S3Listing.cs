using System.Net;
using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>The objects below a prefix, a thousand a request, in the order of their bytes, which is Amazon's.</summary>
internal static class S3Listing
{
    public static async IAsyncEnumerable<StoredObject> ReadAsync(
        S3Bucket bucket, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new ListObjectsV2Request
        {
            BucketName = bucket.Name,
            Prefix = bucket.Prefix.Add(prefix),
            // Keys can hold what XML cannot, and one such would make the whole listing unreadable.
            Encoding = EncodingType.Url,
        };
        var limits = new ListingLimits(bucket.Time);
        do
        {
            var page = await bucket.AskAsync((client, token) => client.ListObjectsV2Async(request, token), cancellation);
            if (page.IsTruncated is null || (page.IsTruncated == true && string.IsNullOrEmpty(page.NextContinuationToken)))
            {
                // Any XML passes as a listing, a page for people even: it would be an empty one, or one that ends too soon.
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

    /// <summary>The key of an object, or null for one that no key leads to: the
    /// store's own, or that of others who use the bucket.</summary>
    private static string? TryToKey(S3Bucket bucket, string name)
    {
        var key = bucket.Prefix.Remove(name);
        return StoreKey.Fault(key) is null ? key : null;
    }

    private static StoredObject Describe(string key, S3Object found) =>
        new(key, found.Size ?? 0, S3Text.ETag(found.ETag), S3Bucket.WholeSeconds(found.LastModified ?? default));
}
