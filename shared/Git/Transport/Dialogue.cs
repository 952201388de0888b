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
        catch (Exception failure) when (IsExplicable(failure))
        {
            throw await ExplainAsync(stage, failure);
        }
    }

    public static bool IsExplicable(Exception failure) => failure is GitProtocolException or IOException or InvalidDataException;

    public async Task<Exception> ExplainAsync(string stage, Exception failure)
    {
        var known = failure switch
        {
            GitProtocolException exception => exception,
            // So HTTP's decompression says it.
            InvalidDataException => new GitProtocolException(RemoteFailure.Malformed, "the answer cannot be decompressed", failure),
            _ => new GitProtocolException(RemoteFailure.Disconnected, $"the connection broke: {failure.Message}", failure),
        };
        return await connection.ExplainAsync(known) switch
        {
            // The HTTP client quotes what it does not understand as it came.
            GitProtocolException reason =>
                new RemoteException(reason.Failure, url.ToString(), stage, Printable.Text(reason.Message), reason)
                {
                    RetryAfter = reason.RetryAfter,
                    IsFinal = reason.IsFinal,
                    Advice = reason.Advice,
                },
            var other => other,
        };
    }

    public ValueTask DisposeAsync() => connection.DisposeAsync();
}
