using Azure;
using Azure.Identity;

namespace Mirror.Mirroring;

/// <summary>Translates a vault's answer, or the lack of one, into one line with the next action.</summary>
internal static class VaultFailure
{
    private const string Right = "it needs the role 'Key Vault Secrets User' on the vault "
        + "(Microsoft.KeyVault/vaults/secrets/getSecret/action), or 'get' in the vault's access policy";

    /// <summary>Some of the SDK's messages contain whole answers; only this much is shown.</summary>
    private const int MaxQuotedSize = 200;

    public static SecretException Of(SecretReference reference, Exception failure)
    {
        // Of several attempts the last one counts.
        var last = failure is AggregateException { InnerExceptions: [.., var inner] } ? inner : failure;
        var (message, isTransient) = last switch
        {
            RequestFailedException { Status: 0 } or OperationCanceledException or TimeoutException => Unanswered(last.GetBaseException()),
            RequestFailedException answer => OfStatus(answer),
            AuthenticationFailedException => OfIdentity(last),
            _ => ("what answers is not a key vault, or its answer not a secret", false),
        };
        return new SecretException($"{reference}: {message}", failure) { IsTransient = isTransient };
    }

    private static (string Message, bool IsTransient) Unanswered(Exception cause) => cause switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } =>
            ("the answer is too large for a secret", false),
        HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } =>
            ($"the vault cannot be reached: {cause.Message}", true),
        OperationCanceledException or TimeoutException => ("no answer in time, from the vault or for this machine's identity", true),
        _ => ($"the vault cannot be reached: {Line(cause.Message)}", true),
    };

    private static (string Message, bool IsTransient) OfStatus(RequestFailedException answer) => answer.Status switch
    {
        401 => ("the vault does not take this machine's identity (HTTP 401): it is perhaps of another tenant", false),
        403 => ($"{Forbidden(answer)} (HTTP 403)", false),
        404 => ("there is no such secret, or not in this version (HTTP 404)", false),
        429 => ("the vault is asked too often (HTTP 429), try again later", true),
        >= 500 => ($"the vault has a fault of its own (HTTP {answer.Status})", true),
        _ => ($"the vault answers HTTP {answer.Status}, which is no secret", false),
    };

    /// <summary>By the vault's inner error code, since the outer one is always Forbidden.</summary>
    private static string Forbidden(RequestFailedException answer)
    {
        var body = answer.GetRawResponse()?.Content.ToString() ?? "";
        return body.Contains("\"SecretDisabled\"", StringComparison.Ordinal) ? "the secret is disabled"
            : body.Contains("\"ForbiddenByFirewall\"", StringComparison.Ordinal)
                || body.Contains("\"ForbiddenByConnection\"", StringComparison.Ordinal)
                ? "the vault's firewall does not let this machine in"
            : $"this machine's identity may not read it: {Right}";
    }

    private static (string Message, bool IsTransient) OfIdentity(Exception failure) => (failure, failure.GetBaseException()) switch
    {
        (CredentialUnavailableException, _) =>
            ("this machine has no identity at Azure: give it a managed one, set the AZURE_ variables, or run 'az login'", false),
        (_, HttpRequestException { HttpRequestError: HttpRequestError.ProxyTunnelError } proxy) =>
            ($"this machine's identity cannot be proved: {proxy.Message}", true),
        (_, HttpRequestException or System.Net.Sockets.SocketException or OperationCanceledException) =>
            ("this machine's identity cannot be proved: its authority cannot be reached", true),
        _ => ($"this machine's identity is refused: {Line(Reason(failure.Message))}", false),
    };

    /// <summary>The authority's own message begins with its error number.
    /// The SDK's text before it and the ids after it are cut.</summary>
    private static string Reason(string message) =>
        message[Math.Max(0, message.IndexOf("AADSTS", StringComparison.Ordinal))..].Split(" Trace ID:")[0];

    private static string Line(string message) => Quoted.Printable(message.ReplaceLineEndings(" ").TrimEnd('.', ' '), MaxQuotedSize);
}
