namespace Mirror.Storage;

/// <summary>A container of Azure Blob Storage, or a part of one.</summary>
/// <param name="Prefix">What all keys are below, without slashes around it; empty for none.</param>
public sealed record AzureAddress(string Account, string Container, string Prefix)
{
    /// <summary>The account's own URL, where it is not <c>https://ACCOUNT.blob.core.windows.net</c>.</summary>
    public Uri? Endpoint { get; init; }
}
