using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// One target in one run. It is looked at, pushed to, and looked at again after every push: what moved, what was refused and what a lost
/// connection left open are read from the target's own refs, never from what it says of them.
/// </summary>
internal sealed class TargetSession(RemoteUrl url, RemoteSettings settings, TransferMeter meter) : IAsyncDisposable
{
    // One push does it; a second one is for refusals; the rest is for a target that others are pushing to.
    private const int MaxRounds = 8;

    private static readonly RefListing Unseen = new(ObjectFormat.Sha1, []);

    private readonly List<IReadOnlyList<RefCommand>> _moved = [];

    private ReceivePack? _connection;

    // The last push, until the next look at the target tells what became of it.
    private IReadOnlyList<RefCommand> _pushed = [];

    public RemoteUrl Url => url;

    /// <summary>Words for the target's hooks, as <c>git push -o</c> sends them.</summary>
    public IReadOnlyCollection<string> PushOptions { get; init; } = [];

    /// <summary>What the target had at the last look.</summary>
    public RefListing Listing { get; private set; } = Unseen;

    /// <summary>What our pushes have moved so far: each ref from what it was at first to what it is now.</summary>
    public IReadOnlyList<RefCommand> Moved => _moved.Count > 1 ? Joined() : _moved is [var only] ? only : [];

    public bool TakesThinPacks => Connection.TakesThinPacks;

    public bool TakesOffsetDeltas => Connection.TakesOffsetDeltas;

    private ReceivePack Connection =>
        _connection ?? throw new InvalidOperationException("the target has not been looked at since the last push");

    /// <summary>Reads the target's refs, which settle what became of the last push.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await DisposeAsync();
        // The refs of before are of no use any more, and may be very many.
        Listing = Unseen;
        _connection = ReceivePack.Open(url, settings);
        Listing = await _connection.ListAsync(cancellation);
        if (_pushed.Count > 0)
        {
            // All of it, nearly always; and then a second list of what may be very many refs is not needed.
            _moved.Add(ArrivedOf(_pushed, Listing).Count() == _pushed.Count ? _pushed : [.. ArrivedOf(_pushed, Listing)]);
            _pushed = [];
        }
    }

    /// <summary>Pushes what a cargo wants moved, until the target has all of it or has refused the rest.</summary>
    /// <param name="delivery">What is known from earlier pushes of the same cargo.</param>
    /// <returns>How many pushes it took: none where there was nothing to do, or nothing that the target lets be done.</returns>
    public async Task<int> DeliverAsync(Cargo cargo, Delivery delivery, CancellationToken cancellation)
    {
        var pushCount = 0;
        for (var round = 0; ; round++)
        {
            var plan = cargo.Plan(Listing);
            delivery.Settle(plan);
            var changes = cargo.Choose(delivery.Pending(plan));
            if (changes.Count == 0)
            {
                return pushCount;
            }
            if (round >= MaxRounds + delivery.PartCount)
            {
                throw new RemoteException(RemoteFailure.Refused, url.ToString(), "push",
                    $"the target kept changing while we pushed; gave up after {round} rounds");
            }
            pushCount += await TryPushAsync(cargo, delivery, changes, cancellation) ? 1 : 0;
        }
    }

    /// <summary>After the last round: looks once more what became of a push whose report was lost.</summary>
    /// <param name="broken">What broke the round off; null where nothing did.</param>
    /// <returns>The error of the run, which says so where the target could not be asked; null where nothing broke.</returns>
    public async Task<MirrorError?> ErrorOfAsync(Exception? broken, CancellationToken cancellation)
    {
        if (broken is null)
        {
            return null;
        }
        var error = MirrorError.TryOf(broken)!;
        return await TryLookBackAsync(cancellation) ? error : error.InDoubt();
    }

    private async Task<bool> TryLookBackAsync(CancellationToken cancellation)
    {
        if (_pushed.Count == 0)
        {
            return true;
        }
        try
        {
            await LookAsync(cancellation);
            return true;
        }
        catch (Exception failure) when (failure is RemoteException or SecretException)
        {
            return false;
        }
    }

    private async Task<bool> TryPushAsync(Cargo cargo, Delivery delivery, IReadOnlyList<RefCommand> changes, CancellationToken cancellation)
    {
        if (delivery.NextPush(changes, Connection) is not { Count: > 0 } part)
        {
            // All that was left are deletes that the target does not offer: refused without a push.
            return false;
        }
        if (PushOptions.Count > 0 && !Connection.OffersPushOptions)
        {
            throw new RemoteException(RemoteFailure.Unsupported, url.ToString(), "push", "the target does not take push options");
        }
        var push = new PushRequest(part)
        {
            WritePack = await cargo.Packs(part, cancellation),
            Atomic = delivery.IsAtomic && Connection.OffersAtomic,
            Options = PushOptions,
            Progress = meter.Listener("target"),
        };
        meter.Stage = "pushing";
        _pushed = part;
        delivery.Begin(part);
        var report = await Connection.PushAsync(push, cancellation);
        await cargo.Sent(cancellation);
        ThrowUnlessUnpacked(report, cargo);
        delivery.Judge(report, push.Atomic);
        var before = cargo.Guard is null ? Unseen : Listing;
        meter.Stage = "looking back";
        await LookAsync(cancellation);
        cargo.Guard?.Invoke(before, part);
        return true;
    }

    private void ThrowUnlessUnpacked(PushReport report, Cargo cargo)
    {
        if (report.UnpackError is { } error)
        {
            var words = report.Messages.Count > 0 ? $" (it said: {string.Join("; ", report.Messages)})" : "";
            throw cargo.Refusal(
                new RemoteException(RemoteFailure.Refused, url.ToString(), "push", $"the pack was not taken: {error}{words}"));
        }
    }

    /// <summary>Those of a push that are where they should be. Plans, and so pushes, are in the order of the names.</summary>
    private static IEnumerable<RefCommand> ArrivedOf(IReadOnlyList<RefCommand> pushed, RefListing target)
    {
        var refs = target.Refs.Sorted();
        var i = 0;
        foreach (var change in pushed)
        {
            while (i < refs.Count && refs[i].Name < change.Name)
            {
                i++;
            }
            var now = i < refs.Count && refs[i].Name == change.Name ? refs[i].Id : target.Format.Null;
            // A command that moves nothing only carries a pack.
            if (now == change.New && change.Old != change.New)
            {
                yield return change;
            }
        }
    }

    private List<RefCommand> Joined()
    {
        var joined = new SortedDictionary<RefName, RefCommand>();
        foreach (var change in _moved.SelectMany(each => each))
        {
            joined[change.Name] = joined.TryGetValue(change.Name, out var earlier) ? change with { Old = earlier.Old } : change;
        }
        return [.. joined.Values.Where(change => change.Old != change.New)];
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is not null)
        {
            await _connection.DisposeAsync();
            _connection = null;
        }
    }
}
