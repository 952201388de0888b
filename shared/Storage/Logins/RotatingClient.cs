namespace Mirror.Storage.Logins;

/// <summary>
/// A store's client, made from a login that is read at the first use. When the store refuses a request, the login is read again. If the
/// login has changed, a new client repeats the request once; otherwise the refusal is final.
/// </summary>
/// <param name="source">Returns the login. For a login that never changes, it returns an equal value each time.</param>
/// <param name="connect">Makes a client without sending a request. Its errors must not show the login.</param>
/// <param name="isRefusal">Whether a failure means that the login is not, or no longer, valid for the request.</param>
internal sealed class RotatingClient<TLogin, TClient>(
    LoginSource<TLogin> source, Func<TLogin, TClient> connect, Func<Exception, bool> isRefusal)
    where TClient : class
{
    // The old client is not disposed, since other requests may still use it.
    private readonly RotatingSecret<Connection> _connection = new(async (refused, cancellation) =>
    {
        var login = await source(refused is null ? LoginAge.Any : LoginAge.New, cancellation);
        return refused is not null && EqualityComparer<TLogin>.Default.Equals(login, refused.Login)
            ? refused
            : new Connection(login, connect(login));
    });

    /// <summary>The client with the latest login, for messages; null before the first use.</summary>
    public TClient? Latest => _connection.Held?.Client;

    /// <summary>Makes a request, and repeats it once with a new login if necessary.</summary>
    public Task<T> RunAsync<T>(Func<TClient, Task<T>> request, CancellationToken cancellation) =>
        _connection.RunAsync(connection => request(connection.Client), isRefusal, cancellation);

    private sealed record Connection(TLogin Login, TClient Client);
}
