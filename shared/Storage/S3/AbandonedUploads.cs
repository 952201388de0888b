using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;

namespace Mirror.Storage.S3;

/// <summary>
/// Uploads that were given up. Parts cost money until the store is told, and what
/// broke an upload often breaks that too: then it is told before
/// the next one. What a killed process leaves is for a rule of the bucket, since nobody can tell it from what others have under way.
/// </summary>
internal sealed class AbandonedUploads(S3Bucket bucket)
{
    private readonly ConcurrentQueue<AbortMultipartUploadRequest> _lost = new();

    public Task AbortAsync(string name, string uploadId, CancellationToken cancellation) =>
        AbortAsync(new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = name, UploadId = uploadId }, cancellation);

    /// <summary>Tries again what failed before.</summary>
    public async Task RetryAsync(CancellationToken cancellation)
    {
        for (var count = _lost.Count; count > 0 && _lost.TryDequeue(out var request); count--)
        {
            try
            {
                await AbortAsync(request, cancellation);
            }
            catch (AmazonS3Exception)
            {
                // Kept for the next time; a right that is missing for this one need not be for what follows.
            }
        }
    }

    private async Task AbortAsync(AbortMultipartUploadRequest request, CancellationToken cancellation)
    {
        try
        {
            await bucket.AskAsync((client, token) => client.AbortMultipartUploadAsync(request, token), cancellation);
        }
        catch (AmazonS3Exception failure) when (failure.ErrorCode == "NoSuchUpload")
        {
            // It is gone, which is what was asked for.
        }
        catch (Exception)
        {
            _lost.Enqueue(request);
            throw;
        }
    }
}
