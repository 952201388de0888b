using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>A consumer's memory of one mirror. Its <see cref="Position"/> is the high-water mark, which never decreases.</summary>
public sealed record ConsumerLedger(string Mirror)
{
    private const string Suffix = ".consumed.json";

    public static string Key(string mirror) => ObjectKey.OfLedger(mirror, Suffix);

    /// <summary>Whether a mirror has a ledger, readable or not.</summary>
    public static async Task<bool> IsInAsync(ObjectStore state, string mirror, CancellationToken cancellation) =>
        await state.TryStatAsync(Key(mirror), cancellation) is not null;

    /// <summary>The mirrors that have a ledger in a state.</summary>
    public static async Task<IReadOnlyList<string>> NamesInAsync(ObjectStore state, CancellationToken cancellation)
    {
        var names = new List<string>();
        await foreach (var found in state.ListAsync("", cancellation))
        {
            if (ObjectKey.ParseLedger(found.Key, Suffix) is { } mirror)
            {
                names.Add(mirror);
            }
        }
        return names;
    }

    public long Generation { get; init; }

    public long Sequence { get; init; }

    public ChainPosition Position => new(Generation, Sequence);

    /// <summary>The digest that the refs should have at the mark.</summary>
    public string RefsDigest { get; init; } = "";

    /// <summary>The digest of the target's managed refs at the end of the last run.
    /// It differs from the expected one if the target refuses refs.</summary>
    public string TargetDigest { get; init; } = "";

    /// <summary>The ref patterns of the head at the mark.</summary>
    public IReadOnlyList<string> Managed { get; init; } = [];

    /// <summary>The head's ETag, so that an unchanged head need not be read again.</summary>
    public string HeadETag { get; init; } = "";

    public DateTimeOffset HeadWritten { get; init; }

    public DateTimeOffset HeadExpires { get; init; }

    public HeadTimes HeadTimes => new(HeadWritten, HeadExpires);

    /// <summary>The effect of this side's own refs on the head; null if it has none.</summary>
    public LedgerNarrowing? Narrowing { get; init; }

    /// <summary>When the target's refs were last seen to be what they should be.</summary>
    public DateTimeOffset? Proven { get; init; }

    /// <summary>Refs that the target refused, with its reasons for the first ones.</summary>
    public IReadOnlyDictionary<string, string> SetAside { get; init; } = new Dictionary<string, string>();

    public LedgerFailure? Failure { get; init; }

    /// <summary>The ledger for a consumed head. The run adds the state of the target.</summary>
    internal static ConsumerLedger At(MirrorHead head, string etag) => new(head.Mirror)
    {
        Generation = head.State.Generation,
        Sequence = head.State.Sequence,
        RefsDigest = head.State.Last.RefsDigest,
        Managed = head.State.Managed,
        HeadETag = etag,
        HeadWritten = head.Written,
        HeadExpires = head.Expires,
    };

    /// <summary>The names of all refused refs, since the next run leaves them to the end, and the reasons for the first ones.</summary>
    internal static IReadOnlyDictionary<string, string> SetAsideOf(IReadOnlyDictionary<RefName, string> refused,
        Func<string, string> redact) =>
        refused.Select((each, i) => (Name: each.Key.Value, Why: i < MirrorError.MaxRefs ? redact(each.Value) : "refused as well"))
            .ToDictionary(each => each.Name, each => each.Why);

    /// <summary>Refuses a head that is older than the last consumed one, or a different one of the same position.</summary>
    internal void ThrowIfPast(MirrorHead head)
    {
        var found = head.State.Position;
        var what = found < Position ? $"it is at {found}, but {Position} was consumed before"
            : found == Position && RefsDigest != head.State.Last.RefsDigest ? $"another one of {found} was consumed before"
            : found == Position && head.Written < HeadWritten ? $"a later one of {found} was consumed before"
            : null;
        if (what is not null && RefsDigest.Length > 0)
        {
            throw new ChainException(ChainFailure.Rollback, $"head: rollback: {what}");
        }
    }

    internal ReadOnlyMemory<byte> ToJson() => JsonDocuments.Write(json =>
    {
        json.WriteNumber("format", 1);
        json.WriteString("mirror", Mirror);
        json.WriteNumber("generation", Generation);
        json.WriteNumber("sequence", Sequence);
        json.WriteString("refs_digest", RefsDigest);
        json.WriteString("target_digest", TargetDigest);
        json.WriteStartArray("managed");
        foreach (var pattern in Managed)
        {
            json.WriteStringValue(pattern);
        }
        json.WriteEndArray();
        json.WriteString("head_etag", HeadETag);
        StateJson.WriteTime(json, "head_written", HeadWritten);
        StateJson.WriteTime(json, "head_expires", HeadExpires);
        LedgerNarrowing.Write(json, Narrowing);
        if (Proven is { } proven)
        {
            StateJson.WriteTime(json, "proven", proven);
        }
        json.WriteStartObject("set_aside");
        foreach (var (name, why) in SetAside)
        {
            json.WriteString(name, why);
        }
        json.WriteEndObject();
        LedgerFailure.Write(json, Failure);
    });

    internal static ConsumerLedger Read(JsonFields fields) => new(fields.Text("mirror"))
    {
        Generation = fields.Number("generation"),
        Sequence = fields.Number("sequence"),
        RefsDigest = fields.Text("refs_digest"),
        TargetDigest = fields.Text("target_digest"),
        Managed = ReadManaged(fields),
        HeadETag = fields.Text("head_etag"),
        HeadWritten = StateJson.ReadTime(fields, "head_written"),
        HeadExpires = StateJson.ReadTime(fields, "head_expires"),
        Narrowing = LedgerNarrowing.Read(fields),
        Proven = fields.OptionalText("proven") is null ? null : StateJson.ReadTime(fields, "proven"),
        SetAside = fields.Map("set_aside"),
        Failure = LedgerFailure.Read(fields),
    };

    /// <summary>Empty before the first head; otherwise it must be a valid ref map.</summary>
    private static IReadOnlyList<string> ReadManaged(JsonFields fields)
    {
        var managed = fields.Texts("managed");
        if (managed.Count > 0)
        {
            RefMap.Parse(managed);
        }
        return managed;
    }
}
