using Azure.Core;
using Azure.Identity;

namespace Mirror;

/// <summary>
/// The machine's identity at Azure: the AZURE_ variables, a workload or managed identity, or a user logged in with a tool. The same for
/// blobs, vaults and queues. It is compiled into each assembly that uses it,
/// since no type of an SDK may pass from one assembly to another.
/// </summary>
internal static class MachineIdentity
{
    public static TokenCredential Create() => new DefaultAzureCredential(new DefaultAzureCredentialOptions
    {
        Transport = AzureTransport.Shared,
        // There is no user at the machine, and the login of an editor is not meant for this program.
        ExcludeInteractiveBrowserCredential = true,
        ExcludeBrokerCredential = true,
        ExcludeVisualStudioCredential = true,
        ExcludeVisualStudioCodeCredential = true,
    });
}
