using System.Collections.Concurrent;
using Amazon.S3;
using Amazon.S3.Model;

namespace Mirror.Storage.S3;

/// <summary>
/// Aborts uploads that were given up. Parts cost money until they are aborted, and the cause of a failed upload often makes the abort
/// fail as well. Then the abort is repeated before the next upload. The parts of a killed process need a lifecycle rule of the bucket,
/// since they look like uploads that others have in progress.
/// </summary>
internal sealed class AbandonedUploads(S3Bucket bucket)
{
    private readonly ConcurrentQueue<AbortMultipartUploadRequest> _lost = new();

    public Task AbortAsync(string name, string uploadId, CancellationToken cancellation) =>
        AbortAsync(new AbortMultipartUploadRequest { BucketName = bucket.Name, Key = name, UploadId = uploadId }, cancellation);

    /// <summary>Repeats aborts that failed before.</summary>
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
                // Kept for the next time. A permission that is missing for the abort may not be needed for the upload.
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
            // The upload is gone already.
        }
        catch (Exception)
        {
            _lost.Enqueue(request);
            throw;
        }
    }
}
