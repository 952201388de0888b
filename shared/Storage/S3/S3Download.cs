using System.Net;
using System.Net.Http.Headers;
using Amazon.S3;
using Amazon.S3.Model;
using Mirror.Storage.Drivers;
using Mirror.Storage.Parts;

namespace Mirror.Storage.S3;

/// <summary>Reads objects and their metadata.</summary>
internal sealed class S3Download(S3Bucket bucket, S3Failure failure, TimeProvider time)
{
    // A race may happen once by chance. If it happens more often, the store contradicts itself.
    private const int MaxLooks = 3;

    public Task<StoredObject?> TryStatAsync(string key, CancellationToken cancellation) =>
        bucket.AskAsync((client, token) => TryStatAsync(client, key, token), cancellation);

    public async Task<OpenedObject?> TryOpenAsync(string key, long offset, long? size, CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            try
            {
                if (size != 0)
                {
                    return await TryOpenAsync(key, offset, End(offset, size), cancellation);
                }
            }
            catch (AmazonS3Exception nothing) when (nothing.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                // The object ends at or before the offset, or is empty: an empty object has no valid range.
            }
            var found = await TryStatAsync(key, cancellation);
            var hasGrown = size != 0 && found?.Size > offset;
            if (!hasGrown || look == MaxLooks)
            {
                return found is null ? null : new OpenedObject(found.Value, Stream.Null);
            }
        }
    }

    /// <summary>Reads the metadata of an object. The answer to HEAD has no body, so it does not tell a missing object from a missing
    /// bucket, nor why access is denied. Where that matters, a GET follows.</summary>
    private async Task<StoredObject?> TryStatAsync(AmazonS3Client client, string key, CancellationToken cancellation)
    {
        var request = new GetObjectMetadataRequest { BucketName = bucket.Name, Key = bucket.Prefix.Add(key) };
        try
        {
            var found = await client.GetObjectMetadataAsync(request, cancellation);
            return new StoredObject(key, found.ContentLength, S3Text.ETag(found.ETag), found.LastModified ?? default(DateTimeOffset));
        }
        catch (AmazonS3Exception absence) when (absence.StatusCode == HttpStatusCode.NotFound && bucket.IsSeen)
        {
            return null;
        }
        catch (AmazonS3Exception mute) when ((int)mute.StatusCode is >= 300 and < 500 and not 429)
        {
            using var answer = await TryGetAsync(client, Request(key, offset: 0, end: 1), cancellation);
            return answer is null ? null : Describe(key, answer);
        }
    }

    private async Task<OpenedObject?> TryOpenAsync(string key, long offset, long end, CancellationToken cancellation)
    {
        var answer = await bucket.AskAsync((client, token) => TryGetAsync(client, Request(key, offset, end), token), cancellation);
        if (answer is null)
        {
            return null;
        }
        var found = Describe(key, answer);
        end = Math.Min(found.Size, end);
        var content = new ResumingStream.Content(From(answer, offset), offset, end, ReopenAsync, failure.IsBroken);
        return new OpenedObject(found, new ResumingStream(content, time));

        async Task<Stream> ReopenAsync(long position, CancellationToken cancellation)
        {
            var rest = Request(key, position, end);
            rest.EtagToMatch = S3Text.Quoted(found.ETag);
            return From(await bucket.AskAsync((client, token) => client.GetObjectAsync(rest, token), cancellation), position);
        }
    }

    private static async Task<GetObjectResponse?> TryGetAsync(AmazonS3Client client, GetObjectRequest request,
        CancellationToken cancellation)
    {
        try
        {
            return await client.GetObjectAsync(request, cancellation);
        }
        catch (AmazonS3Exception absence) when (absence.ErrorCode == "NoSuchKey")
        {
            return null;
        }
    }

    /// <summary>Always a range, even for the whole object:
    /// without one the SDK takes ETags for digests, and compares the content with them.</summary>
    private GetObjectRequest Request(string key, long offset, long end) => new()
    {
        BucketName = bucket.Name,
        Key = bucket.Prefix.Add(key),
        ByteRange = end == long.MaxValue ? new ByteRange($"bytes={offset}-") : new ByteRange(offset, end - 1),
    };

    private static long End(long offset, long? size) => size < long.MaxValue - offset ? offset + size.Value : long.MaxValue;

    private static StoredObject Describe(string key, GetObjectResponse answer) =>
        new(key, RangeOf(answer)?.Length ?? answer.ContentLength, S3Text.ETag(answer.ETag), answer.LastModified ?? default(DateTimeOffset));

    private static Stream From(GetObjectResponse answer, long offset) => (RangeOf(answer)?.From ?? 0) == offset
        ? answer.ResponseStream
        : throw new InvalidDataException($"the store was asked for what is at offset {offset}, and gave something else");

    private static ContentRangeHeaderValue? RangeOf(GetObjectResponse answer) =>
        ContentRangeHeaderValue.TryParse(answer.ContentRange, out var range) ? range : null;
}
