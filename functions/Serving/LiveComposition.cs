using System.Diagnostics.CodeAnalysis;
using Mirror.Functions.Configurations;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Serving;

/// <summary>The configuration as it is now, and what it opens: read again when it has changed.</summary>
/// <param name="warn">Is told when the place of the configuration cannot be reached any more.</param>
[SuppressMessage("Design", "CA1001", Justification = "a semaphore that nobody asks for its wait handle holds nothing")]
internal sealed class LiveComposition(IConfigurationPlace place, SecretReader secrets, TimeProvider time, Action<string> warn)
{
    // All calls wait for it, and there is a configuration to go on with.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _turn = new(1);
    private (string Version, Composition Composition)? _current;
    private long _asked;

    /// <summary>Of every composition, and there before the first.</summary>
    public SecretReader Secrets => secrets;

    /// <summary>Why nobody knows whether the configuration is still the newest one; null where that is known.</summary>
    public string? Trouble { get; private set; }

    /// <summary>A configuration that cannot be used, or is gone, is a
    /// <see cref="UsageException"/>, of this call and of each until it is mended.
    /// While its store cannot be reached, the last good one stands.</summary>
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
                // The old one is left to the collector: calls may be under way with it.
                _current = (version, await Composition.OpenAsync(place, secrets, cancellation));
            }
            else
            {
                _current.Value.Composition.ReadAt = asked;
            }
        }
        catch (Exception wrong) when (wrong is UsageException or StorageException { IsTransient: false })
        {
            // Whoever took it away, or the right to read it, meant that: it must not come back when the store cannot be reached for once.
            _current = null;
            throw;
        }
        (_asked, Trouble) = (time.GetTimestamp(), null);
        return _current.Value.Composition;
    }

    private Composition Keep(Composition known, string why)
    {
        var isNews = Trouble is null;
        (_asked, Trouble) = (time.GetTimestamp(), $"{why}: the configuration that was read before stands");
        if (isNews)
        {
            warn($"warning: {Trouble}");
        }
        return known;
    }
}
