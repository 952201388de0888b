using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>
/// One target in one run. Its refs are read at first and after every push. They alone decide what moved, what was refused, and what
/// became of a push with a lost connection; the target's reports do not.
/// </summary>
internal sealed class TargetSession(RemoteUrl url, RemoteSettings settings, TransferMeter meter) : IAsyncDisposable
{
    // Usually one push is enough, and a second one after refusals. More are needed only while others push to the target.
    private const int MaxRounds = 8;

    private static readonly RefListing Unseen = new(ObjectFormat.Sha1, []);

    private readonly List<IReadOnlyList<RefCommand>> _moved = [];

    private ReceivePack? _connection;

    // The last push, until the next look shows its result.
    private IReadOnlyList<RefCommand> _pushed = [];

    public RemoteUrl Url => url;

    /// <summary>Push options for the target's hooks, as with <c>git push -o</c>.</summary>
    public IReadOnlyCollection<string> PushOptions { get; init; } = [];

    /// <summary>The target's refs, as of the last look.</summary>
    public RefListing Listing { get; private set; } = Unseen;

    /// <summary>The refs that our pushes have moved so far, each with its first and its current id.</summary>
    public IReadOnlyList<RefCommand> Moved => _moved.Count > 1 ? Joined() : _moved is [var only] ? only : [];

    public bool TakesThinPacks => Connection.TakesThinPacks;

    public bool TakesOffsetDeltas => Connection.TakesOffsetDeltas;

    private ReceivePack Connection =>
        _connection ?? throw new InvalidOperationException("the target has not been looked at since the last push");

    /// <summary>Reads the target's refs, which decide what became of the last push.</summary>
    public async Task LookAsync(CancellationToken cancellation)
    {
        await DisposeAsync();
        // The old refs are not needed any more, and may be very many.
        Listing = Unseen;
        _connection = ReceivePack.Open(url, settings);
        Listing = await _connection.ListAsync(cancellation);
        if (_pushed.Count > 0)
        {
            // Nearly always all of them moved. Then a second list of very many refs is not needed.
            _moved.Add(ArrivedOf(_pushed, Listing).Count() == _pushed.Count ? _pushed : [.. ArrivedOf(_pushed, Listing)]);
            _pushed = [];
        }
    }

    /// <summary>Pushes a cargo until the target has all of it or has refused the rest.</summary>
    /// <param name="delivery">The state of earlier pushes of the same cargo.</param>
    /// <returns>The number of pushes; 0 if there was nothing to do, or the target supports none of it.</returns>
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

    /// <summary>Called after the last round. Looks once more at the target if the report of a push was lost.</summary>
    /// <param name="broken">The failure that ended the round; null for none.</param>
    /// <returns>The run's error; null for none. If the target could not be read, the error says so.</returns>
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
            // Only deletes are left, which the target does not support. They are refused without a push.
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
                new RemoteException(RemoteFailure.Refused, url.ToString(), "push", $"the target did not accept the pack: {error}{words}"));
        }
    }

    /// <summary>The changes of a push that have arrived. Plans, and so pushes, are sorted by name.</summary>
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
