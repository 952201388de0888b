using Amazon.S3;
using Amazon.S3.Model;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>
/// One write of an object, which marks it. When an answer is lost or is none, the SDK asks again, and then what the write has done itself
/// may be in its way, or nothing says whether it was done: the mark tells.
/// </summary>
internal sealed class S3MarkedWrite(S3Bucket bucket, string key, WriteCondition condition)
{
    private const string MarkName = "mirror-upload";

    private readonly string _id = $"{Guid.NewGuid():N}";

    public WriteCondition Condition => condition;

    /// <summary>Of the object in the bucket.</summary>
    public string Name { get; } = bucket.Prefix.Add(key);

    public void Mark(MetadataCollection metadata) => metadata[MarkName] = _id;

    /// <summary>Gives null when the condition does not hold.</summary>
    public async Task<StoredObject?> RunAsync(Func<Task<StoredObject?>> write, CancellationToken cancellation)
    {
        try
        {
            return await write();
        }
        catch (AmazonS3Exception failure) when (IsConflict(failure))
        {
            return await TryFindAsync(cancellation);
        }
        catch (Exception unknown) when (IsUnknown(unknown) && !cancellation.IsCancellationRequested)
        {
            if (await TryFindAsync(cancellation) is { } found)
            {
                return found;
            }
            throw;
        }
    }

    private bool IsConflict(AmazonS3Exception failure) =>
        (int)failure.StatusCode == 412
        || failure.ErrorCode == "ConditionalRequestConflict"
        || (condition.RequiredETag is not null && failure.ErrorCode == "NoSuchKey");

    /// <summary>Whether it may have been done all the same: the request was sent, and what came back is no answer to it.</summary>
    private static bool IsUnknown(Exception failure) => failure switch
    {
        // The upload may have become an object. Of a join, Amazon sends 200 before it is done, and an error may be what follows.
        AmazonS3Exception refusal => refusal.ErrorCode == "NoSuchUpload"
            || (int)refusal.StatusCode is (>= 500 and not 501) or (>= 200 and < 300),
        HttpRequestException broken => broken.HttpRequestError is not (HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError),
        OperationCanceledException late => late.InnerException is TimeoutException,
        _ => failure is BrokenAnswerException or IOException or TimeoutException,
    };

    /// <summary>What this write has made. Null where it is not there or cannot be looked at: then the first failure stands.</summary>
    private async Task<StoredObject?> TryFindAsync(CancellationToken cancellation)
    {
        var request = new GetObjectMetadataRequest { BucketName = bucket.Name, Key = Name };
        try
        {
            var found = await bucket.AskAsync((client, token) => client.GetObjectMetadataAsync(request, token), cancellation);
            return found.Metadata[MarkName] == _id
                ? new StoredObject(key, found.ContentLength, S3Text.ETag(found.ETag), found.LastModified ?? default(DateTimeOffset))
                : null;
        }
        catch (AmazonS3Exception)
        {
            // Deleted since, or keys that may write and not read, or a server that still fails.
            return null;
        }
        catch (Exception unseen) when (IsUnknown(unseen))
        {
            return null;
        }
    }
}
