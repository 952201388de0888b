using System.Globalization;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>Translates a server's error. Codes are Amazon's ("Error responses" of the S3 API), and some of other servers.</summary>
internal sealed class S3Refusal(S3Bucket bucket, AmazonS3Exception refusal)
{
    public (StorageFailure Failure, string Message) Explain(StoreAction action) => refusal.ErrorCode switch
    {
        "NoSuchBucket" => (StorageFailure.NotFound, $"the bucket does not exist at {bucket.Host}: make it, or correct its name"),
        "NoSuchKey" => (StorageFailure.NotFound, "it was deleted meanwhile"),
        "NoSuchUpload" => (StorageFailure.Unavailable, "the upload was ended by another process, or by a request whose answer was lost"),
        "PreconditionFailed" => (StorageFailure.Conflict, "it was replaced meanwhile"),
        "InvalidAccessKeyId" => (StorageFailure.Denied, $"{bucket.Host} does not know the access key"),
        "SignatureDoesNotMatch" => (StorageFailure.Denied, "the secret key does not belong to the access key"),
        "ExpiredToken" or "TokenRefreshRequired" => (StorageFailure.Denied, "the temporary keys have expired"),
        "InvalidToken" => (StorageFailure.Denied, "the session token does not belong to the keys"),
        "RequestTimeTooSkewed" or "RequestExpired" => (StorageFailure.Denied, Skew()),
        "InvalidObjectState" => (StorageFailure.Invalid, "it is archived: it must be restored in the bucket before it can be read"),
        "InvalidStorageClass" =>
            (StorageFailure.Invalid, $"the store has no storage class '{S3Text.Line(bucket.Address.StorageClass ?? "")}'"),
        "InvalidArgument" when action == StoreAction.Write && bucket.Address.StorageClass is { } storageClass =>
            (StorageFailure.Invalid, $"{bucket.Host} refused it, perhaps for the storage class '{S3Text.Line(storageClass)}': {Quote()}"),
        "QuotaExceeded" or "XMinioStorageFull" or "InsufficientCapacity" =>
            (StorageFailure.Full, "a quota is used up, or no space is left"),
        "KeyTooLongError" => (StorageFailure.Invalid, $"with the prefix, the key is longer than {StoreKey.MaxSize} bytes"),
        "EntityTooLarge" => (StorageFailure.Invalid, "the store does not accept an object of this size"),
        "PermanentRedirect" or "TemporaryRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" =>
            (StorageFailure.Invalid, Elsewhere()),
        "SlowDown" or "TooManyRequests" or "RequestLimitExceeded" or "Throttling" or "ThrottlingException" => TooMuch(),
        "RequestTimeout" or "IncompleteBody" or "OperationAborted" => Unavailable(),
        _ => ByStatus(action),
    };

    private (StorageFailure Failure, string Message) ByStatus(StoreAction action) => (int)refusal.StatusCode switch
    {
        401 or 403 => (StorageFailure.Denied, $"access denied: {S3Rights.Needed(bucket.Address, action)}"),
        301 or 302 or 307 or 308 => (StorageFailure.Invalid, Elsewhere()),
        404 => (StorageFailure.NotFound, $"{bucket.Host} has no such place: {Quote()}"),
        429 or 503 => TooMuch(),
        501 => (StorageFailure.Invalid, $"{bucket.Host} cannot do that: {Quote()}"),
        507 => (StorageFailure.Full, "no space is left"),
        >= 400 and < 500 => (StorageFailure.Invalid, $"{bucket.Host} refused it: {Quote()}"),
        _ => Unavailable(),
    };

    private (StorageFailure Failure, string Message) TooMuch() =>
        (StorageFailure.Throttled, $"{bucket.Host} has too much to do: {Quote()}");

    private (StorageFailure Failure, string Message) Unavailable() => (StorageFailure.Unavailable, $"{bucket.Host} failed: {Quote()}");

    private string Quote()
    {
        var words = $"{(int)refusal.StatusCode} {S3Text.Line(refusal.ErrorCode ?? "")}".TrimEnd();
        // If the server sends no message, the SDK fills in a text of its own.
        return refusal.Message.Length == 0 || refusal.Message.StartsWith("Error making request", StringComparison.Ordinal)
            ? words
            : $"{words}: {S3Text.Line(refusal.Message)}";
    }

    private string Elsewhere() => RegionOf() is { } region
        ? $"the bucket is in the region {S3Text.Line(region)}: say ?region={S3Text.Line(region)} behind it"
        : $"the bucket is somewhere else: say its ?region= ({Quote()})";

    private string? RegionOf()
    {
        var inMessage = refusal.Message.Split("expecting '", 2) is [_, var rest] ? rest.Split('\'')[0] : null;
        return Header("x-amz-bucket-region") ?? inMessage;
    }

    private string Skew()
    {
        var isKnown = DateTimeOffset.TryParse(Header("Date"), CultureInfo.InvariantCulture, out var there);
        var apart = isKnown ? $"{(there - bucket.Now).Duration().TotalMinutes:F0} minutes" : "too far";
        return $"this clock and the store's are {apart} apart: set the one that is wrong";
    }

    private string? Header(string name) =>
        refusal.InnerException is HttpErrorResponseException { Response: var answer } && answer.IsHeaderPresent(name)
            ? answer.GetHeaderValue(name)
            : null;
}
