namespace Mirror.Storage.Logins;

/// <summary>
/// A client of a store, made from a login that is read at the first use. When the store refuses a request, the login is asked for anew:
/// if it is another one, so is the client, and the request is made again, once; else the refusal stands.
/// </summary>
/// <param name="source">A login that never changes is given as the same value each time.</param>
/// <param name="connect">Makes a client, without a request. What it throws about a login must not show it.</param>
/// <param name="isRefusal">Whether a failure says that the login is not, or no longer, good for the request.</param>
internal sealed class RotatingClient<TLogin, TClient>(
    LoginSource<TLogin> source, Func<TLogin, TClient> connect, Func<Exception, bool> isRefusal)
    where TClient : class
{
    // The old client is left to the collector: requests may be under way with it.
    private readonly RotatingSecret<Connection> _connection = new(async (refused, cancellation) =>
    {
        var login = await source(refused is null ? LoginAge.Any : LoginAge.New, cancellation);
        return refused is not null && EqualityComparer<TLogin>.Default.Equals(login, refused.Login)
            ? refused
            : new Connection(login, connect(login));
    });

    /// <summary>The client of the last login, once there was one: for messages.</summary>
    public TClient? Latest => _connection.Held?.Client;

    /// <summary>Makes a request, which may have to be made twice.</summary>
    public Task<T> RunAsync<T>(Func<TClient, Task<T>> request, CancellationToken cancellation) =>
        _connection.RunAsync(connection => request(connection.Client), isRefusal, cancellation);

    private sealed record Connection(TLogin Login, TClient Client);
}
