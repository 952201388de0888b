using System.Runtime.InteropServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Mirror.Storage.S3;

/// <summary>Writes an object with one request.</summary>
internal sealed class S3Put(S3Bucket bucket)
{
    // Most heads, ledgers and leases are smaller. This size takes a quarter of a minute at 20 kB/s, so that a turn does not wait for
    // long.
    private const int Small = 256 * 1024;

    /// <summary>Runs the write; null if the condition does not hold.</summary>
    public Task<StoredObject?> TryRunAsync(
        string key, ReadOnlyMemory<byte> content, WriteCondition condition, string? storageClass, CancellationToken cancellation)
    {
        var write = new S3MarkedWrite(bucket, key, condition);
        return write.RunAsync(
            async () =>
            {
                Func<AmazonS3Client, CancellationToken, Task<PutObjectResponse>> put =
                    (client, token) => client.PutObjectAsync(Request(write, content, storageClass), token);
                var answer = await (content.Length <= Small
                    ? bucket.AskAsync(put, cancellation)
                    : bucket.SendAsync(put, cancellation));
                return new StoredObject(key, content.Length, S3Text.ETag(answer.ETag), bucket.Now);
            },
            cancellation);
    }

    // Made for each attempt with a login, since the SDK closes the stream.
    private PutObjectRequest Request(S3MarkedWrite write, ReadOnlyMemory<byte> content, string? storageClass)
    {
        var request = new PutObjectRequest
        {
            BucketName = bucket.Name,
            Key = write.Name,
            InputStream = Stream(content),
            ContentType = "application/octet-stream",
            IfNoneMatch = write.Condition.IsAbsenceRequired ? "*" : null,
            // Without quotes, as in Amazon's own examples, since older versions of Ceph compare the text as it is.
            IfMatch = write.Condition.RequiredETag,
            StorageClass = storageClass,
            DisablePayloadSigning = bucket.IsEncrypted,
            UseChunkEncoding = bucket.IsEncrypted,
        };
        write.Mark(request.Metadata);
        return request;
    }

    /// <summary>A stream over the bytes without a copy if they are in an array, as all of ours are.</summary>
    public static MemoryStream Stream(ReadOnlyMemory<byte> content) => MemoryMarshal.TryGetArray(content, out var array)
        ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false)
        : new MemoryStream(content.ToArray(), writable: false);
}
