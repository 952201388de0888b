using Mirror.Storage.Drivers;

namespace Mirror.Storage;

/// <summary>Adds the store's name, the action and the key to every failure of a driver. No other code does this.</summary>
internal sealed class DriverErrors(IStoreDriver driver)
{
    public async Task<T> RunAsync<T>(StoreAction action, string key, Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception failure) when (failure is not StorageException && Explain(failure, action) is { } cause)
        {
            throw Failure(cause.Failure, action, key, cause.Message, failure);
        }
    }

    public Task RunAsync(StoreAction action, string key, Func<ValueTask> work) =>
        RunAsync(action, key, async () =>
        {
            await work();
            return true;
        });

    public StorageException Failure(StorageFailure failure, StoreAction action, string key, string message, Exception? inner = null) =>
        new(failure, driver.Name, $"{action.Text()} {StoreKey.Quote(key)}", message, inner);

    public StorageException Conflict(string key) =>
        Failure(StorageFailure.Conflict, StoreAction.Write, key, "another process has changed, created or deleted it");

    private (StorageFailure Failure, string Message)? Explain(Exception failure, StoreAction action) => failure is LoginException login
        ? (login.IsTransient ? StorageFailure.Unavailable : StorageFailure.Denied, login.Message)
        : driver.Explain(failure, action);
}
