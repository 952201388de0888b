using System.Net;
using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Mirror.Storage.S3;

/// <summary>Writes an object by one request.</summary>
internal sealed class S3Put(S3Bucket bucket)
{
    // Heads, ledgers and leases: at 20 kB/s it takes a quarter of a minute, and nobody's turn waits for longer than it must.
    private const int Small = 256 * 1024;

    /// <summary>Gives null when the condition does not hold.</summary>
    /// <remarks>When an answer is lost, the SDK asks again, and finds what it wrote
    /// itself: that is a conflict too, and the caller looks.</remarks>
    public async Task<StoredObject?> TryRunAsync(
        string key, ReadOnlyMemory<byte> content, WriteCondition condition, string? storageClass, CancellationToken cancellation)
    {
        try
        {
            Func<AmazonS3Client, CancellationToken, Task<PutObjectResponse>> put =
                (client, token) => client.PutObjectAsync(Request(key, content, condition, storageClass), token);
            var answer = await (content.Length <= Small ? bucket.AskAsync(put, cancellation) : bucket.SendAsync(put, cancellation));
            return new StoredObject(key, content.Length, S3Text.ETag(answer.ETag), bucket.Now);
        }
        catch (AmazonS3Exception failure) when (IsConflict(failure, condition))
        {
            return null;
        }
    }

    public static bool IsConflict(AmazonS3Exception failure, WriteCondition condition) =>
        failure.StatusCode == HttpStatusCode.PreconditionFailed
        || failure.ErrorCode == "ConditionalRequestConflict"
        || (condition.RequiredETag is not null && failure.ErrorCode == "NoSuchKey");

    // Anew for each login: the SDK closes the stream.
    private PutObjectRequest Request(string key, ReadOnlyMemory<byte> content, WriteCondition condition, string? storageClass) => new()
    {
        BucketName = bucket.Name,
        Key = bucket.Prefix.Add(key),
        InputStream = Stream(content),
        ContentType = "application/octet-stream",
        IfNoneMatch = condition.IsAbsenceRequired ? "*" : null,
        // Without quotes, as in Amazon's own examples: older Cephs compare it as it comes.
        IfMatch = condition.RequiredETag,
        StorageClass = storageClass,
        DisablePayloadSigning = bucket.IsEncrypted,
        UseChunkEncoding = bucket.IsEncrypted,
    };

    /// <summary>Over the bytes as they are. All of ours lie in arrays; only what does not is copied.</summary>
    public static MemoryStream Stream(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);
}
