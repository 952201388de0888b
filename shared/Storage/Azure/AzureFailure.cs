using System.Net.Sockets;
using System.Security.Authentication;
using System.Xml;
using Azure;
using Azure.Identity;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.Azure;

/// <summary>Translates the SDK's exceptions. Their own messages have all headers of an answer and are pages long,
/// so they are replaced.</summary>
internal static class AzureFailure
{
    private const int MaxQuoted = 200;

    public static (StorageFailure Failure, string Message)? Explain(Exception exception, AzureErrorContext context) => exception switch
    {
        // The exceptions of all attempts; the last one counts.
        AggregateException several => ExplainAttempt(several.Flatten().InnerExceptions[^1], context),
        OperationCanceledException => null,
        _ => ExplainAttempt(exception, context),
    };

    /// <summary>Whether a new connection may succeed.
    /// That includes a new login, since a download may take longer than a login is valid.</summary>
    public static bool IsOfConnection(Exception exception) => exception switch
    {
        AggregateException several => IsOfConnection(several.Flatten().InnerExceptions[^1]),
        RequestFailedException failure => failure.Status is 0 or 401 or 403 or 408 or 429 or >= 500,
        AuthenticationFailedException => IsUnproved(exception),
        _ => exception is IOException or SocketException or HttpRequestException or OperationCanceledException or TimeoutException,
    };

    private static (StorageFailure Failure, string Message)? ExplainAttempt(Exception exception, AzureErrorContext context) =>
        exception switch
        {
            RequestFailedException { Status: > 0 } answer => ExplainAnswer(answer, context),
            // Our own exceptions: an invalid login, or an object that does not fit into a blob.
            InvalidDataException => (StorageFailure.Invalid, exception.Message),
            CredentialUnavailableException => (StorageFailure.Denied, "this machine has no login for Azure: give it a managed identity, "
                + "set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET, or run 'az login'"),
            AuthenticationFailedException when IsUnproved(exception) =>
                (StorageFailure.Unavailable,
                    $"this machine's identity cannot be proved: {ProxyIn(exception) ?? "its authority cannot be reached"}"),
            AuthenticationFailedException => (StorageFailure.Denied, $"the login at Azure failed: {Line(exception.Message)}"),
            OperationCanceledException or TimeoutException => (StorageFailure.Unavailable, $"{context.Host} does not answer"),
            // This also happens when the body of an error is broken: the SDK reads the body before it looks at the status.
            BrokenAnswerException => (StorageFailure.Unavailable, $"{context.Host}: {exception.Message}"),
            XmlException or FormatException => (StorageFailure.Unavailable, $"the answer of {context.Host} is not valid"),
            // An incomplete installation: a fault of the program, not of the store.
            FileNotFoundException or FileLoadException => null,
            RequestFailedException or IOException or SocketException or HttpRequestException =>
                (StorageFailure.Unavailable, ExplainConnection(exception.GetBaseException(), context.Host)),
            _ => null,
        };

    /// <summary>Whether the login could not be checked because its authority could not be reached,
    /// as opposed to a refused login.</summary>
    private static bool IsUnproved(Exception login) =>
        login is not CredentialUnavailableException
        && login.GetBaseException() is HttpRequestException or SocketException or OperationCanceledException;

    /// <summary>A proxy's refusal, in our own words; null for any other failure.</summary>
    private static string? ProxyIn(Exception failure) =>
        failure.GetBaseException() is HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } proxy
            ? proxy.Message
            : null;

    private static string ExplainConnection(Exception cause, string host) => cause switch
    {
        SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
            $"the host {host} does not resolve: is the account's name right?",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } => $"{host} refuses the connection",
        _ when ProxyIn(cause) is { } refusal => refusal,
        AuthenticationException => $"no secure connection to {host}: {Line(cause.Message)}",
        _ => $"the connection to {host} broke: {Line(cause.Message)}",
    };

    private static (StorageFailure Failure, string Message) ExplainAnswer(RequestFailedException answer, AzureErrorContext context) =>
        (answer.Status, answer.ErrorCode) switch
        {
            (_, "ContainerNotFound") =>
                (StorageFailure.NotFound, $"the container '{context.Address.Container}' does not exist: create it, or correct its name"),
            (_, "ContainerBeingDeleted") => (StorageFailure.Unavailable, $"the container '{context.Address.Container}' is being deleted"),
            (_, "BlobNotFound") => (StorageFailure.NotFound, "it was deleted meanwhile"),
            (_, "ConditionNotMet") => (StorageFailure.Conflict, "it was replaced meanwhile"),
            (_, "LeaseIdMissing") => (StorageFailure.Conflict, "someone holds a lease on the blob itself"),
            (_, "BlobImmutableDueToPolicy") => (StorageFailure.Denied, "a policy or a legal hold of the container keeps it as it is"),
            (_, "BlobArchived" or "BlobBeingRehydrated") => (StorageFailure.Invalid, "it is in the archive tier: rehydrate it first"),
            (_, "InvalidBlobType") => (StorageFailure.Invalid, "what has this name is no block blob"),
            (_, "InvalidResourceName" or "OutOfRangeInput" or "InvalidUri") => (StorageFailure.Invalid, "Azure does not accept this name"),
            (_, "ServerBusy" or "OperationTimedOut") or (429 or 503, _) => (StorageFailure.Throttled, $"{context.Host} is too busy"),
            (401 or 403, _) => (StorageFailure.Denied, AzureDenial.Explain(answer, context)),
            (507, _) => (StorageFailure.Full, "no space is left"),
            // Below 400: not Azure, but a proxy or portal that redirects to a login page.
            ( < 400 or 408 or >= 500, _) => (StorageFailure.Unavailable, $"{context.Host} answers {Code(answer)}"),
            _ => (StorageFailure.Invalid, $"{context.Host} refuses the request: {Code(answer)}"),
        };

    private static string Code(RequestFailedException answer) => $"{answer.Status} {Line(answer.ErrorCode ?? "")}".TrimEnd();

    private static string Line(string message)
    {
        var end = message.AsSpan().IndexOfAny('\r', '\n');
        var line = end < 0 ? message : message[..end];
        return line.Length > MaxQuoted ? $"{line.AsSpan(0, MaxQuoted)}…" : line;
    }
}
