using System.Net;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>Translates failures of the SDK and of the network. <see cref="S3Refusal"/> has those that the server reports.</summary>
internal sealed class S3Failure(S3Bucket bucket)
{
    public (StorageFailure Failure, string Message)? Explain(Exception exception, StoreAction action) => exception switch
    {
        AmazonS3Exception refusal => new S3Refusal(bucket, refusal).Explain(action),
        BrokenAnswerException => Unavailable(exception.Message),
        AmazonUnmarshallingException or XmlException or FormatException => Unavailable("its answer is not valid"),
        // From another service, which issues the login: for instance, a role that may not be assumed.
        AmazonServiceException login => ExplainLogin(login),
        AmazonClientException { InnerException: AmazonServiceException login } => ExplainLogin(login),
        AmazonClientException { InnerException: HttpRequestException or IOException or TimeoutException } => Unavailable(exception.Message),
        // An expired session, or a profile that does not resolve.
        AmazonClientException => (StorageFailure.Denied, $"no login could be had: {S3Text.Line(exception.Message)}"),
        UnauthorizedAccessException => (StorageFailure.Denied, exception.Message),
        InvalidDataException or ArgumentException => (StorageFailure.Invalid, S3Text.Line(exception.Message)),
        TimeoutException or OperationCanceledException { InnerException: TimeoutException } => Unavailable("no answer came in time"),
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } proxy => (StorageFailure.Unavailable, proxy.Message),
        HttpRequestException broken => Unavailable(Reason(broken)),
        IOException or WebException => Unavailable(exception.Message),
        _ => null,
    };

    /// <summary>Whether a new connection may succeed.</summary>
    public bool IsBroken(Exception exception) =>
        Explain(exception, StoreAction.Read) is { Failure: StorageFailure.Unavailable or StorageFailure.Throttled };

    private static (StorageFailure Failure, string Message) ExplainLogin(AmazonServiceException login)
    {
        var failure = (int)login.StatusCode is 429 || login.ErrorCode is "Throttling" or "ThrottlingException" ? StorageFailure.Throttled
            : (int)login.StatusCode is 0 or >= 500 ? StorageFailure.Unavailable
            : StorageFailure.Denied;
        return (failure, $"no login could be had: {S3Text.Line(login.Message)}");
    }

    private (StorageFailure Failure, string Message) Unavailable(string message) =>
        (StorageFailure.Unavailable, $"{bucket.Host}: {S3Text.Line(message)}");

    private static string Reason(HttpRequestException broken) => broken.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "there is no such host, or the network is down",
        HttpRequestError.SecureConnectionError => $"TLS failed: {broken.InnerException?.Message ?? broken.Message}",
        _ => broken.InnerException?.Message ?? broken.Message,
    };
}
