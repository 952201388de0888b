using System.Diagnostics.CodeAnalysis;
using Mirror.Functions.Configurations;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Serving;

/// <summary>The current configuration and what it opens. It is read again after a change.</summary>
/// <param name="warn">Called when the place of the configuration is no longer reachable.</param>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore whose wait handle is never used holds no resource")]
internal sealed class LiveComposition(IConfigurationPlace place, SecretReader secrets, TimeProvider time, Action<string> warn)
{
    // Short, since all calls wait for it, and there is a configuration to continue with.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private (string Version, Composition Composition)? _current;
    private long _asked;

    /// <summary>Shared by all compositions, and available before the first.</summary>
    public SecretReader Secrets => secrets;

    /// <summary>Why it is unknown whether the configuration is current; null if it is known.</summary>
    public string? Trouble { get; private set; }

    /// <summary>The current composition. If the configuration is invalid or gone, each call gets a <see cref="UsageException"/> until it
    /// is repaired. While its store is not reachable, the last good one is used.</summary>
    public async Task<Composition> GetAsync(CancellationToken cancellation)
    {
        await _turn.WaitAsync(cancellation);
        try
        {
            if (_current is not { } known)
            {
                return await RefreshAsync(cancellation);
            }
            return IsFresh() ? known.Composition : await TryRefreshAsync(known.Composition, cancellation);
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsFresh() => place.Life == Timeout.InfiniteTimeSpan || time.GetElapsedTime(_asked) < place.Life;

    private async Task<Composition> TryRefreshAsync(Composition known, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await RefreshAsync(either.Token);
        }
        catch (StorageException lost) when (lost.IsTransient)
        {
            return Keep(known, lost.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return Keep(known, $"{place.Name}: no answer in {Patience.TotalSeconds:0} s");
        }
    }

    private async Task<Composition> RefreshAsync(CancellationToken cancellation)
    {
        try
        {
            var asked = time.GetUtcNow();
            var version = await place.VersionAsync(cancellation);
            if (_current?.Version != version)
            {
                // The old one is not disposed, since other calls may still use it.
                _current = (version, await Composition.OpenAsync(place, secrets, cancellation));
            }
            else
            {
                _current.Value.Composition.ReadAt = asked;
            }
        }
        catch (Exception wrong) when (wrong is UsageException or StorageException { IsTransient: false })
        {
            // A configuration that was deleted, or is no longer readable, must not be used again when the store is briefly unreachable.
            _current = null;
            throw;
        }
        (_asked, Trouble) = (time.GetTimestamp(), null);
        return _current.Value.Composition;
    }

    private Composition Keep(Composition known, string why)
    {
        var isNews = Trouble is null;
        (_asked, Trouble) = (time.GetTimestamp(), $"{why}: the last configuration stays in use");
        if (isNews)
        {
            warn($"warning: {Trouble}");
        }
        return known;
    }
}
