using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// One mirror in one run: read both sides, plan, and let the target's session push until its own refs say that it is done.
/// </summary>
internal sealed class SyncRun(SyncRequest request, RemoteSettings settings, TransferMeter meter) : IAsyncDisposable
{
    private readonly TargetSession _target = new(request.Target, settings, meter) { PushOptions = request.PushOptions };

    // After a failure that may pass, what the target has refused need not be tried again.
    private readonly Delivery _delivery = new();

    public async Task<MirrorOutcome> RunAsync(Random random, CancellationToken cancellation)
    {
        var last = await new Attempts(settings.Time, random, meter).RunAsync(SyncRound.None, RoundAsync, cancellation);
        var failure = await _target.ErrorOfAsync(last.Broken, cancellation);
        return last.Outcome(request, _target.Moved, _delivery.Refused, failure) with { Bytes = meter.Bytes };
    }

    /// <summary>Does all that there is to do; after a failure that may pass, what is left of it.</summary>
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

    /// <summary>Lists both sides at once, and fails as soon as one of them does.</summary>
    private async Task<RefListing> ReadBothAsync(SyncSource source, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var reading = source.ListAsync(both.Token);
        var looking = _target.LookAsync(both.Token);
        if ((await Task.WhenAny(reading, looking)).IsFaulted)
        {
            // One has failed: no need to wait for the other.
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
