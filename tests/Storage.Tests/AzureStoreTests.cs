namespace Mirror.Storage.Tests;

public sealed class AzureStoreTests : StoreContract, IAsyncLifetime
{
    private readonly AzureContainerOfTest _container = new();

    public Task InitializeAsync() => _container.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    protected override ObjectStore Open() => _container.Open();

    protected override Task FillAsync(string folder, int count)
    {
        var store = Open();
        return Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, cancellation) =>
            await store.PutAsync($"{folder}/{i / 1000}/{i:000000}", default, WriteCondition.None, cancellation));
    }
}
