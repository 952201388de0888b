using System.Globalization;
using Azure;
using Mirror.Storage.Drivers;

namespace Mirror.Storage.Azure;

/// <summary>The likely cause of a 401 or 403 from Azure, and the next action.</summary>
internal static class AzureDenial
{
    // Azure refuses a clock that is wrong by 15 minutes. A third of that is reported as the likely cause.
    private static readonly TimeSpan MaxClockError = TimeSpan.FromMinutes(5);

    public static string Explain(RequestFailedException denial, AzureErrorContext context) => denial.ErrorCode switch
    {
        "AuthorizationPermissionMismatch" or "InsufficientAccountPermissions" or "UnauthorizedBlobOverwrite" => MissingRight(context),
        "AuthorizationResourceTypeMismatch" or "AuthorizationServiceMismatch" =>
            "the shared access signature is not for a container of blobs and what is in it: ss=b, srt=co",
        "AuthorizationProtocolMismatch" => "the shared access signature is for https only",
        "AuthorizationSourceIPMismatch" => "the shared access signature is not for this machine's address",
        "KeyBasedAuthenticationNotPermitted" =>
            "the account does not accept account keys: log in as the machine, or with a user delegation signature",
        "AccountIsDisabled" => "the account is disabled",
        _ => WrongTime(context.Connection?.Signature, denial, context.Now) ?? WrongLogin(denial, context),
    };

    private static string MissingRight(AzureErrorContext context)
    {
        var (permissions, role) = context.Action switch
        {
            StoreAction.LookAt or StoreAction.Read => ("r", "Reader"),
            StoreAction.List => ("l", "Reader"),
            StoreAction.Delete => ("d", "Contributor"),
            _ => ("cw", "Contributor"),
        };
        if (context.Connection?.Identity != AzureIdentity.Signature)
        {
            return $"the login may not: it needs the role 'Storage Blob Data {role}' on the container '{context.Address.Container}'";
        }
        var granted = context.Connection.Signature?.Permissions;
        return granted is null
            ? $"the policy of the shared access signature does not permit it: it needs '{permissions}'"
            : $"the shared access signature permits '{granted}', and this needs '{permissions}'";
    }

    private static string? WrongTime(AzureSignature? signature, RequestFailedException denial, DateTimeOffset now)
    {
        var theirs = denial.GetRawResponse()?.Headers.Date ?? now;
        return signature?.Expiry < theirs ? $"the shared access signature expired at {Text(signature.Expiry.Value)}: a new one is needed"
            : signature?.Start > theirs ? $"the shared access signature is not good before {Text(signature.Start.Value)}"
            : denial.Data["AuthenticationErrorDetail"] is string detail && detail.Contains("time frame", StringComparison.OrdinalIgnoreCase)
                ? "the shared access signature has expired, or is not good yet"
            : (now - theirs).Duration() > MaxClockError
                ? $"this machine's clock is {(now - theirs).Duration().TotalMinutes:F0} minutes "
                    + $"{(now > theirs ? "ahead" : "behind")}: set it"
            : null;
    }

    private static string WrongLogin(RequestFailedException denial, AzureErrorContext context)
    {
        var login = context.Connection?.Identity switch
        {
            AzureIdentity.Key => "the account's key",
            AzureIdentity.Signature => "the shared access signature",
            _ => "the login",
        };
        // Azure sends this code when a network rule refuses the machine, but for other causes too.
        var orNetwork = denial.ErrorCode == "AuthorizationFailure" ? ", or the account's network rules keep this machine out" : "";
        return $"{login} is wrong or no longer good{orNetwork} ({denial.Status} {denial.ErrorCode}".TrimEnd() + ")";
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
