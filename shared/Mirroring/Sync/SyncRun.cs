using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// One mirror in one run: read both sides, plan, and let the target session push until the target's own refs are equal.
/// </summary>
internal sealed class SyncRun(SyncRequest request, RemoteSettings settings, TransferMeter meter) : IAsyncDisposable
{
    private readonly TargetSession _target = new(request.Target, settings, meter) { PushOptions = request.PushOptions };

    // Kept after a transient failure, so that refused refs are not tried again.
    private readonly Delivery _delivery = new();

    public async Task<MirrorOutcome> RunAsync(Random random, CancellationToken cancellation)
    {
        var last = await new Attempts(settings.Time, random, meter).RunAsync(SyncRound.None, RoundAsync, cancellation);
        var failure = await _target.ErrorOfAsync(last.Broken, cancellation);
        return last.Outcome(request, _target.Moved, _delivery.Refused, failure) with { Bytes = meter.Bytes };
    }

    /// <summary>Does all the work, or, after a transient failure, the rest of it.</summary>
    private async Task<SyncRound> RoundAsync(SyncRound before, CancellationToken cancellation)
    {
        var round = before.Next();
        try
        {
            await using var source = new SyncSource(request, settings, meter);
            meter.Stage = "reading refs";
            var from = await ReadBothAsync(source, cancellation);
            var wanted = WantedRefs.Of(request.Refs, from, mayMiss: request.AllowMassDelete);
            var cargo = new Cargo(Plan, (changes, token) => source.FetchAsync(from, changes, _target, token))
            {
                Choose = changes => round.Held is null && !request.DryRun ? changes : [],
            };
            await _target.DeliverAsync(cargo, _delivery, cancellation);
            return round with { IsDone = true };

            TargetPlan Plan(RefListing target)
            {
                var plan = TargetPlan.Make(wanted, target, request.Prune);
                round = round with { Plan = plan, Held = request.AllowMassDelete ? null : MassDeleteGuard.Check(plan) };
                return plan;
            }
        }
        catch (Exception broken) when (Reason.TryOf(broken) is not null)
        {
            return round with { Broken = broken };
        }
    }

    /// <summary>Lists both sides in parallel, and fails as soon as one of them fails.</summary>
    private async Task<RefListing> ReadBothAsync(SyncSource source, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = source.ListAsync(both.Token);
        var looking = _target.LookAsync(both.Token);
        if ((await Task.WhenAny(reading, looking)).IsFaulted)
        {
            // One has failed, so the other is cancelled.
            await both.CancelAsync();
        }
        await Task.WhenAll((Task)reading, looking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellation.ThrowIfCancellationRequested();
        await (reading.IsFaulted ? reading : looking);
        var from = await reading;
        if (from.Refs.Count > 0)
        {
            FormatGuard.Check("source", from.Format, request.Target, _target.Listing.Format);
        }
        return from;
    }

    public ValueTask DisposeAsync() => _target.DisposeAsync();
}
