using Azure;

namespace Mirror.Storage.Azure;

/// <summary>What Azure says of a blob.</summary>
internal static class AzureBlob
{
    /// <summary>A listing has ETags without quotes, and an answer's header has them within.</summary>
    public static StoredObject Describe(string key, long size, ETag etag, DateTimeOffset modified) =>
        new(key, size, etag.ToString("H"), modified);

    /// <summary>Where there is nothing, and only the blob is missing.</summary>
    public static bool IsAbsence(RequestFailedException failure) => failure is { Status: 404, ErrorCode: "BlobNotFound" };
}
