using Azure;

namespace Mirror.Storage.Azure;

/// <summary>Reads Azure's description of a blob.</summary>
internal static class AzureBlob
{
    /// <summary>ETags have no quotes in a listing, and have quotes in the header of an answer.</summary>
    public static StoredObject Describe(string key, long size, ETag etag, DateTimeOffset modified) =>
        new(key, size, etag == default ? throw new FormatException("no ETag: a page for people, say") : etag.ToString("H"), modified);

    /// <summary>Whether the blob does not exist, and nothing else is missing.</summary>
    public static bool IsAbsence(RequestFailedException failure) => failure is { Status: 404, ErrorCode: "BlobNotFound" };
}
