namespace Mirror.Functions.Tests.Clouds;

public sealed class AzureCommandTests : CloudContract
{
    private protected override async Task<Cloud> MakeAsync() => await AzureCloud.MakeAsync();
}
