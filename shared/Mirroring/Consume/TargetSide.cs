using Mirror.Git;

namespace Mirror.Mirroring;

/// <summary>A consumer's target: looked at again after each push.</summary>
internal sealed class TargetSide(RemoteUrl url, RemoteSettings settings, RefMap managed) : IAsyncDisposable
{
    // What was put out of the way of a mirror that manages everything must not fall to it after all.
    private const string NeverManaged = $"^{Divergence.ReplacedFolder}/*";

    private ReceivePack? _connection;

    // So that refs may have moved.
    private bool _hasPushed;

    public RemoteUrl Url => url;

    /// <summary>Whether what others push meanwhile ends the run, so that the next look decides what to do about it.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The listing before anything was pushed.</summary>
    public RefListing? First { get; set; }

    public RefListing Listing { get; private set; } = new(ObjectFormat.Sha1, []);

    /// <summary>The managed refs of the last look.</summary>
    public IEnumerable<Ref> Managed => Listing.Refs.Where(found => managed.Manages(found.Name));

    public string Digest => RefsDigest.Of(Managed);

    /// <summary>What has moved since the first look.</summary>
    public IReadOnlyList<RefCommand> Moved =>
        First is null ? [] : TargetPlan.Make(WantedRefs.Of([.. Managed], managed), First, prune: true).Changes;

    /// <summary>What a head's patterns let a mirror create, move and delete here.</summary>
    public static RefMap ManagedBy(IReadOnlyList<string> patterns) => RefMap.Parse([.. patterns, NeverManaged]);

    public async Task LookAsync(CancellationToken cancellation)
    {
        await DisposeAsync();
        _connection = ReceivePack.Open(url, settings);
        Listing = await _connection.ListAsync(cancellation);
        First ??= Listing;
    }

    /// <summary>After a failure: looks once more what became of a push whose report was lost.</summary>
    /// <returns>False if the target could not be asked, so that nobody knows.</returns>
    public async Task<bool> TryLookBackAsync(CancellationToken cancellation)
    {
        if (!_hasPushed)
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

    /// <summary>Pushes what a plan still lacks, and looks again; false when there was nothing.</summary>
    public async Task<bool> PushAsync(Delivery delivery, IReadOnlyList<RefCommand> changes, PackSupply packs,
        CancellationToken cancellation)
    {
        if (changes.Count == 0)
        {
            return false;
        }
        var before = Managed.DistinctBy(found => found.Name).ToDictionary(found => found.Name, found => found.Id);
        _hasPushed = true;
        await delivery.PushAsync(_connection!, changes, packs, cancellation);
        await LookAsync(cancellation);
        if (IsStrict)
        {
            ThrowIfOthersPushed(before, changes.ToDictionary(change => change.Name, change => change.New));
        }
        return true;
    }

    private void ThrowIfOthersPushed(Dictionary<RefName, ObjectId> before, Dictionary<RefName, ObjectId> pushed)
    {
        var now = Managed.DistinctBy(found => found.Name).ToDictionary(found => found.Name, found => found.Id);
        foreach (var name in before.Keys.Union(now.Keys))
        {
            var id = now.GetValueOrDefault(name, Listing.Format.Null);
            if (id != before.GetValueOrDefault(name, Listing.Format.Null) && (!pushed.TryGetValue(name, out var ours) || id != ours))
            {
                throw new RemoteException(RemoteFailure.Moved, url.ToString(), "push", $"somebody else moved {name} meanwhile");
            }
        }
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
