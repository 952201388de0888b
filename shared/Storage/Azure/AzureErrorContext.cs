using Mirror.Storage.Drivers;

namespace Mirror.Storage.Azure;

/// <summary>What was going on when something failed.</summary>
/// <param name="Connection">Null before the first one.</param>
/// <param name="Now">By this machine's clock.</param>
internal sealed record AzureErrorContext(StoreAction Action, AzureLocation Address, AzureConnection? Connection, DateTimeOffset Now)
{
    public string Host =>
        (Connection?.Container.Uri ?? Address.Endpoint)?.Authority ?? $"{Address.Account}.blob.core.windows.net";
}
