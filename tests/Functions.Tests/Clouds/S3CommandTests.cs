namespace Mirror.Functions.Tests.Clouds;

public sealed class S3CommandTests : CloudContract
{
    private protected override async Task<Cloud> MakeAsync() => await S3Cloud.MakeAsync();
}
