using Mirror.Storage.Drivers;

namespace Mirror.Storage.Azure;

/// <summary>The circumstances of a failure, for its message.</summary>
/// <param name="Connection">Null before the first connection.</param>
/// <param name="Now">The time of this machine's clock.</param>
internal sealed record AzureErrorContext(StoreAction Action, AzureLocation Address, AzureConnection? Connection, DateTimeOffset Now)
{
    public string Host =>
        (Connection?.Container.Uri ?? Address.Endpoint)?.Authority ?? $"{Address.Account}.blob.core.windows.net";
}
