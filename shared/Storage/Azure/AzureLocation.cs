using Mirror.Storage.Azure;
using Mirror.Storage.Drivers;

namespace Mirror.Storage;

/// <summary>A container of Azure Blob Storage, or a part of one.</summary>
/// <param name="Prefix">The beginning of all keys, without slashes around it; empty for none.</param>
public sealed record AzureLocation(string Account, string Container, string Prefix) : StoreLocation
{
    /// <summary>The account's URL, if it is not <c>https://ACCOUNT.blob.core.windows.net</c>.</summary>
    public Uri? Endpoint { get; init; }

    public override StoreKind Kind => AzureKind.Instance;

    private string Authority => Endpoint?.Authority ?? $"{Account}.blob.core.windows.net";

    public override bool Overlaps(StoreLocation other) =>
        other is AzureLocation azure && (azure.Account, azure.Container, azure.Authority) == (Account, Container, Authority);

    internal override IStoreDriver Connect(LoginValues login, TimeProvider time) =>
        new AzureDriver(this, AzureKind.LoginOf(login), time);

    public override string ToString() => $"az://{Account}/{Container}{(Prefix.Length > 0 ? $"/{Prefix}" : "")}";
}
