using System.Diagnostics.CodeAnalysis;

namespace Mirror.Storage.Logins;

/// <summary>
/// A client of a store, made from a login that is read at the first use. When
/// the store refuses a request, the login is asked for anew: if it
/// is another one, so is the client, and the request is made again, once; else the refusal stands.
/// </summary>
/// <param name="source">A login that never changes is given as the same value each time.</param>
/// <param name="connect">Makes a client, without a request. What it throws about a login must not show it.</param>
/// <param name="isRefusal">Whether a failure says that the login is not, or no longer, good for the request.</param>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore that nobody asks for its wait handle holds nothing")]
internal sealed class RotatingClient<TLogin, TClient>(
    LoginSource<TLogin> source, Func<TLogin, TClient> connect, Func<Exception, bool> isRefusal)
    where TClient : class
{
    private readonly SemaphoreSlim _turn = new(1);
    private Connection? _current;

    /// <summary>The client of the last login, once there was one: for messages.</summary>
    public TClient? Latest => Volatile.Read(ref _current)?.Client;

    /// <summary>Makes a request, which may have to be made twice.</summary>
    public async Task<T> RunAsync<T>(Func<TClient, Task<T>> request, CancellationToken cancellation)
    {
        var connection = Volatile.Read(ref _current) ?? await ConnectAsync(refused: null, cancellation);
        try
        {
            return await request(connection!.Client);
        }
        catch (Exception refusal) when (isRefusal(refusal))
        {
            connection = await ConnectAsync(connection, cancellation);
            if (connection is null)
            {
                throw;
            }
        }
        return await request(connection.Client);
    }

    /// <summary>Gives null when there is no other login than the one that was refused.</summary>
    private async Task<Connection?> ConnectAsync(Connection? refused, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            // Of many requests that are refused at once, the first asks, and the others find its answer here.
            if (_current is not null && _current != refused)
            {
                return _current;
            }
            var login = await source(refused is null ? LoginAge.Any : LoginAge.New, cancellation);
            if (refused is not null && EqualityComparer<TLogin>.Default.Equals(login, refused.Login))
            {
                return null;
            }
            // The old client is left to the collector: requests may be under way with it.
            var connection = new Connection(login, connect(login));
            Volatile.Write(ref _current, connection);
            return connection;
        }
        finally
        {
            _turn.Release();
        }
    }

    // A class, compared by reference: the same login may come back after another.
    private sealed class Connection(TLogin login, TClient client)
    {
        public TLogin Login { get; } = login;

        public TClient Client { get; } = client;
    }
}
