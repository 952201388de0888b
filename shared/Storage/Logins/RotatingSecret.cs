using System.Diagnostics.CodeAnalysis;

namespace Mirror.Storage;

/// <summary>
/// What was made of a secret, held for all who need it. When one of them is refused with it, it is made anew, once: the secret may have
/// been changed. Of many who are refused together, or find it too old, one asks, and the others have its answer.
/// </summary>
/// <remarks>
/// Git over HTTP does not use it, for four reasons. There is no secret that many would hold: each connection asks for the credential of its
/// own URL, by rules and by netrc, and may get none. The sources are read each time, but for vaults, and what a vault says is held in one
/// of these. A refusal is an answer with a body that is shown where it stands, and no exception. And a connection asks anew once in its
/// life, where this one asks once for each request: a source that answers 401 for ever would have a vault asked for ever.
/// </remarks>
/// <param name="make">Reads the secret. It is given what is held, or null at first, and gives that back where there is nothing new.</param>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore that nobody asks for its wait handle holds nothing")]
public sealed class RotatingSecret<T>(Func<T?, CancellationToken, Task<T>> make)
    where T : class
{
    // One at a time, instead of one task for all: so a request belongs to who waits for it, and ends when that one is cancelled.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private T? _held;

    /// <summary>Null until it was made for the first time.</summary>
    public T? Held => Volatile.Read(ref _held);

    /// <summary>
    /// Makes a request with it, and again, once, where that is refused and there is another one; else the refusal stands.
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

    /// <summary>Makes it anew, unless another one was faster than who has seen the last one.</summary>
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
