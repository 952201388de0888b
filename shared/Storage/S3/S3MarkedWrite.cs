using Amazon.S3;
using Amazon.S3.Model;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>
/// One write of an object, marked with an id in its metadata. If an answer is lost or invalid, the SDK repeats the request, which may
/// then fail because the first one succeeded; or it stays unknown whether the write succeeded. The mark answers that.
/// </summary>
internal sealed class S3MarkedWrite(S3Bucket bucket, string key, WriteCondition condition)
{
    private const string MarkName = "mirror-upload";

    private readonly string _id = $"{Guid.NewGuid():N}";

    public WriteCondition Condition => condition;

    /// <summary>The object's name in the bucket.</summary>
    public string Name { get; } = bucket.Prefix.Add(key);

    public void Mark(MetadataCollection metadata) => metadata[MarkName] = _id;

    /// <summary>Runs the write; null if the condition does not hold.</summary>
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

    /// <summary>Whether the write may have succeeded anyway: the request was sent, and the answer does not say.</summary>
    private static bool IsUnknown(Exception failure) => failure switch
    {
        // The upload may have become an object. For a join, Amazon sends 200 before it is done, and an error may follow in the body.
        AmazonS3Exception refusal => refusal.ErrorCode == "NoSuchUpload"
            || (int)refusal.StatusCode is (>= 500 and not 501) or (>= 200 and < 300),
        HttpRequestException broken => broken.HttpRequestError is not (HttpRequestError.ConnectionError
            or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError),
        OperationCanceledException late => late.InnerException is TimeoutException,
        _ => failure is BrokenAnswerException or IOException or TimeoutException,
    };

    /// <summary>The object that this write made. Null if it does not exist or cannot be checked; then the first failure counts.</summary>
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
            // Deleted since, or the keys may write but not read, or the server still fails.
            return null;
        }
        catch (Exception unseen) when (IsUnknown(unseen))
        {
            return null;
        }
    }
}
