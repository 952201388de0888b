using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Mirror.Storage.Parts;

namespace Mirror.Storage.Azure;

/// <summary>Uploads one blob, either with one request or as blocks and a block list, which makes them a blob.</summary>
internal sealed class AzureUpload(AzureContainer container, string key, WriteCondition condition) : IPartTarget
{
    // Metadata with the id of the upload that made the blob; see TryFindOwnAsync.
    private const string Mark = "mirror_upload";

    private readonly Guid _id = Guid.NewGuid();

    public Task<StoredObject?> TryPutWholeAsync(ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        var options = new BlobUploadOptions { Conditions = Conditions(), Metadata = Marked() };
        return TryPublishAsync(
            content.Length, async blob => await blob.UploadAsync(StreamOf(content), options, cancellation), cancellation);
    }

    public Task BeginAsync(CancellationToken cancellation) => Task.CompletedTask;

    public Task PutPartAsync(int number, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
        container.RunAsync(
            key,
            blob => blob.StageBlockAsync(BlockId(number), StreamOf(content), new BlockBlobStageBlockOptions(), cancellation),
            cancellation);

    public Task<StoredObject?> TryJoinAsync(int count, long size, CancellationToken cancellation)
    {
        var options = new CommitBlockListOptions { Conditions = Conditions(), Metadata = Marked() };
        var ids = Enumerable.Range(1, count).Select(BlockId);
        return TryPublishAsync(size, async blob => await blob.CommitBlockListAsync(ids, options, cancellation), cancellation);
    }

    // Nothing to do: Azure deletes uncommitted blocks after a week, or when the blob is written again, and has no request for it.
    public Task AbortAsync(CancellationToken cancellation) => Task.CompletedTask;

    private async Task<StoredObject?> TryPublishAsync(
        long size, Func<BlockBlobClient, Task<Response<BlobContentInfo>>> publish, CancellationToken cancellation)
    {
        try
        {
            var published = (await container.RunAsync(key, publish, cancellation)).Value;
            return AzureBlob.Describe(key, size, published.ETag, published.LastModified);
        }
        catch (RequestFailedException refusal) when (IsUnmet(refusal))
        {
            return await TryFindOwnAsync(cancellation);
        }
    }

    /// <summary>If an answer was lost, the repeated request fails because the first one succeeded. Then the blob has our mark.</summary>
    private async Task<StoredObject?> TryFindOwnAsync(CancellationToken cancellation)
    {
        try
        {
            var found = (await container.RunAsync(key, blob => blob.GetPropertiesAsync(conditions: null, cancellation), cancellation))
                .Value;
            return found.Metadata.TryGetValue(Mark, out var id) && id == $"{_id:N}"
                ? AzureBlob.Describe(key, found.ContentLength, found.ETag, found.LastModified)
                : null;
        }
        catch (RequestFailedException unseen) when (unseen.Status is 403 or 404)
        {
            // Deleted since, or the signature may write but not read.
            return null;
        }
    }

    /// <summary>Whether the condition does not hold, or another writer wrote the blob meanwhile,
    /// in which case Azure drops our blocks.</summary>
    private bool IsUnmet(RequestFailedException refusal) => refusal.ErrorCode switch
    {
        "InvalidBlockList" => true,
        "ConditionNotMet" => true,
        "BlobNotFound" => condition.RequiredETag is not null,
        // The last two codes appear in place of the first: for a leased blob, and for a signature that may create but not overwrite.
        "BlobAlreadyExists" or "LeaseIdMissing" or "UnauthorizedBlobOverwrite" => condition.IsAbsenceRequired,
        _ => false,
    };

    private BlobRequestConditions Conditions() => new()
    {
        IfNoneMatch = condition.IsAbsenceRequired ? ETag.All : null,
        IfMatch = condition.RequiredETag is { } etag ? new ETag(etag) : null,
    };

    private Dictionary<string, string> Marked() => new() { [Mark] = $"{_id:N}" };

    /// <summary>All block ids of a blob must have the same size.
    /// They contain the upload's id, so that two concurrent uploads do not mix their blocks.</summary>
    private string BlockId(int number) => Convert.ToBase64String([.. _id.ToByteArray(), .. BitConverter.GetBytes(number)]);

    private static Stream StreamOf(ReadOnlyMemory<byte> content) => BinaryData.FromBytes(content).ToStream();
}
