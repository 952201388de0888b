using System.Diagnostics.CodeAnalysis;

namespace Mirror.Storage;

/// <summary>
/// A value made from a secret, shared by many requests. When a request is refused, the value is made again once, since the secret may
/// have been rotated. If many requests are refused together, or find the value too old,
/// one of them makes it again and the others use the result.
/// </summary>
/// <remarks>
/// Git over HTTP does not use this class, for four reasons. There is no shared secret: each connection looks up the credential of its own
/// URL, by rules and netrc, and may find none. All sources are read each time except vaults, and a vault's values are held in an instance
/// of this class. A refusal is an answer with a body to show, not an exception. And a connection asks for a new credential once in its
/// life, where this class asks once per request: a source that always answers 401 would cause endless requests to a vault.
/// </remarks>
/// <param name="make">Reads the secret. Its argument is the current value, null at first;
/// it returns that same value if the secret has not changed.</param>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore whose wait handle is never used holds no resource")]
public sealed class RotatingSecret<T>(Func<T?, CancellationToken, Task<T>> make)
    where T : class
{
    // A semaphore instead of one shared task, so that a request belongs to its caller and ends when the caller is cancelled.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private T? _held;

    /// <summary>Null before the first use.</summary>
    public T? Held => Volatile.Read(ref _held);

    /// <summary>
    /// Makes a request with the value. If it is refused and there is a new value, the request is repeated once;
    /// otherwise the refusal is final.
    /// </summary>
    public async Task<TAnswer> RunAsync<TAnswer>(
        Func<T, Task<TAnswer>> request, Func<Exception, bool> isRefusal, CancellationToken cancellation)
    {
        var held = Held ?? await RenewAsync(seen: null, cancellation);
        try
        {
            return await request(held);
        }
        catch (Exception refusal) when (isRefusal(refusal))
        {
            var renewed = await RenewAsync(held, cancellation);
            if (ReferenceEquals(renewed, held))
            {
                throw;
            }
            held = renewed;
        }
        return await request(held);
    }

    /// <summary>Makes the value again, unless another caller has already replaced <paramref name="seen"/>.</summary>
    public async Task<T> RenewAsync(T? seen, CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_held is not null && !ReferenceEquals(_held, seen))
            {
                return _held;
            }
            var made = await make(seen, cancellation);
            Volatile.Write(ref _held, made);
            return made;
        }
        finally
        {
            _turn.Release();
        }
    }
}
