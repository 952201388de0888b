using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>One connection, with the remote's name and the stage added to whatever goes wrong on it. The library's border.</summary>
internal sealed class Dialogue(RemoteUrl url, IServiceConnection connection) : IAsyncDisposable
{
    public IServiceConnection Connection => connection;

    public async Task<T> AtStageAsync<T>(string stage, Func<Task<T>> action)
    {
        try
        {
            return await action();
        }
        catch (GitProtocolException failure)
        {
            throw await ExplainAsync(stage, failure);
        }
        catch (IOException broken)
        {
            throw await ExplainAsync(stage, new GitProtocolException(RemoteFailure.Disconnected, $"the connection broke: {broken.Message}", broken));
        }
    }

    private async Task<Exception> ExplainAsync(string stage, GitProtocolException failure) => await connection.ExplainAsync(failure) switch
    {
        GitProtocolException reason => new RemoteException(reason.Failure, url.ToString(), stage, reason.Message, reason)
        {
            RetryAfter = reason.RetryAfter,
            IsFinal = reason.IsFinal,
        },
        var other => other,
    };

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
