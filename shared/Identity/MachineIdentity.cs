using Azure.Core;
using Azure.Identity;

namespace Mirror;

/// <summary>
/// Who this machine is to Azure: what the AZURE_ variables say, a workload or
/// managed identity, or who has logged in with a tool. The same for blobs,
/// vaults and queues: a part of each assembly that asks, since no type of an SDK goes from one to another.
/// </summary>
internal static class MachineIdentity
{
    public static TokenCredential Create() => new DefaultAzureCredential(new DefaultAzureCredentialOptions
    {
        Transport = AzureTransport.Shared,
        // Nobody sits in front of it, and what an editor is logged in to is not meant for it.
        ExcludeInteractiveBrowserCredential = true,
        ExcludeBrokerCredential = true,
        ExcludeVisualStudioCredential = true,
        ExcludeVisualStudioCodeCredential = true,
    });
}
