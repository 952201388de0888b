using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>The library's border: one connection, whose failures get the remote's name and the stage added.</summary>
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
            // HTTP decompression fails with this exception.
            InvalidDataException => new GitProtocolException(RemoteFailure.Malformed, "the answer cannot be decompressed", failure),
            _ => new GitProtocolException(RemoteFailure.Disconnected, $"the connection broke: {failure.Message}", failure),
        };
        return await connection.ExplainAsync(known) switch
        {
            // The HTTP client quotes text that it does not understand without making it printable.
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
