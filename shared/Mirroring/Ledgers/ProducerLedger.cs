using System.Text.Json;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>A producer's memory of one mirror: the committed chain, and which part of it was published.</summary>
public sealed record ProducerLedger(string Mirror)
{
    // A branch that trails another is still found in this list after this many moves of refs.
    private const int MaxSentCount = 1_000;

    /// <summary>The ledger's key in the state store.</summary>
    public static string Key(string mirror) => ObjectKey.OfLedger(mirror, ".produced.json");

    /// <summary>Null before the first bundle.</summary>
    public ChainState? State { get; init; }

    /// <summary>What the destination has at the chain's end. The next delta builds on it.</summary>
    public BundleHaves Haves { get; init; } = BundleHaves.None;

    /// <summary>
    /// Ids that refs pointed at since the newest full bundle and no longer do, the newest last. All consumers of the chain have these
    /// objects, so a source may send an empty pack when a ref comes back to one of them.
    /// </summary>
    public IReadOnlyCollection<ObjectId> Sent { get; init; } = [];

    /// <summary>A digest of the recipients of the chain's bundles.</summary>
    public string Readers { get; init; } = "";

    public PublishedHead? Published { get; init; }

    public LedgerFailure? Failure { get; init; }

    /// <summary>Whether the source has sent an invalid pack since the last bundle. Then the next bundle is a full one.</summary>
    public bool IsInDoubt { get; init; }

    /// <summary>Increased when a run deletes the leftovers of another one, so that the other one can no longer commit.</summary>
    public long Fence { get; init; }

    /// <summary><see cref="Sent"/> after one more delta.</summary>
    internal IReadOnlyCollection<ObjectId> SentAfter(RefList refs)
    {
        var left = ObjectIdSet.Of(refs.Select(found => found.Id));
        var gone = ObjectIdSet.Of((State?.Refs ?? []).Select(found => found.Id).Where(id => !left.Contains(id)));
        return [.. Sent.Where(id => !gone.Contains(id)).Concat(gone).TakeLast(MaxSentCount)];
    }

    /// <summary>The ledger's content, written piece by piece, since it may have very many refs.</summary>
    internal ObjectContent ToContent() => new(StateJson.SizeOf(State) + SizeOfIds, async (destination, cancellation) =>
    {
        foreach (var piece in ToJson())
        {
            await destination.WriteAsync(piece, cancellation);
        }
    });

    // The maximum: commits are left out if they follow from the refs.
    private int SizeOfIds => (Haves.Commits.Count + Haves.Others.Count + Sent.Count) * (8 + (State?.Format.HexSize ?? 0));

    internal IEnumerable<ReadOnlyMemory<byte>> ToJson() => JsonDocuments.Pieces(Write);

    private IEnumerable<JsonPause> Write(Utf8JsonWriter json)
    {
        json.WriteNumber("format", 1);
        json.WriteString("mirror", Mirror);
        json.WriteNumber("fence", Fence);
        json.WriteString("readers", Readers);
        if (Published is { } published)
        {
            json.WriteStartObject("published");
            json.WriteNumber("generation", published.Position.Generation);
            json.WriteNumber("sequence", published.Position.Sequence);
            json.WriteString("etag", published.ETag);
            json.WriteString("signer", published.Signer);
            StateJson.WriteTime(json, "written", published.Written);
            StateJson.WriteTime(json, "put_at", published.PutAt);
            json.WriteEndObject();
        }
        if (IsInDoubt)
        {
            json.WriteNumber("in_doubt", 1);
        }
        LedgerFailure.Write(json, Failure);
        if (State is not null)
        {
            json.WriteStartObject("state");
            StateJson.WriteNumbers(json, State);
            foreach (var pause in StateJson.WriteContent(json, State))
            {
                yield return pause;
            }
            json.WriteEndObject();
        }
        // If the map keeps the names of branches, which is nearly always, the commits follow from the refs.
        var commits = Haves.Commits.IsSetOf(BranchesOf(State)) ? [] : WriteIds(json, "commits", Haves.Commits);
        foreach (var pause in commits.Concat(WriteIds(json, "others", Haves.Others)).Concat(WriteIds(json, "sent", Sent)))
        {
            yield return pause;
        }
    }

    internal static ProducerLedger Read(JsonFields fields)
    {
        var state = fields.OptionalObject("state") is { } content ? StateJson.Read(content) : null;
        return new ProducerLedger(fields.Text("mirror"))
        {
            Fence = fields.Number("fence"),
            Readers = fields.Text("readers"),
            Published = fields.OptionalObject("published") is { } published ? PublishedHead.Read(published, state) : null,
            IsInDoubt = fields.OptionalNumber("in_doubt") > 0,
            Failure = LedgerFailure.Read(fields),
            State = state,
            Haves = new BundleHaves(
                ObjectIdSet.Of(fields.Has("commits") ? fields.Texts("commits").Select(ObjectId.Parse) : BranchesOf(state)),
                ObjectIdSet.Of(fields.Texts("others").Select(ObjectId.Parse))),
            Sent = [.. fields.OptionalTexts("sent").Select(ObjectId.Parse)],
        };
    }

    private static IEnumerable<ObjectId> BranchesOf(ChainState? state) =>
        (state?.Refs ?? []).Where(found => found.Name.IsBranch).Select(found => found.Id);

    private static IEnumerable<JsonPause> WriteIds(Utf8JsonWriter json, string name, IEnumerable<ObjectId> ids)
    {
        json.WriteStartArray(name);
        foreach (var id in ids)
        {
            Write(json, id);
            yield return default;
        }
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ObjectId id)
    {
        Span<byte> hex = stackalloc byte[ObjectFormat.Sha256.HexSize];
        id.WriteHex(hex);
        json.WriteStringValue(hex[..id.Format.HexSize]);
    }
}

/// <summary>The head that was put last.</summary>
public sealed record PublishedHead(ChainPosition Position, string ETag)
{
    public required string Signer { get; init; }

    /// <summary>The time in the head.</summary>
    public required DateTimeOffset Written { get; init; }

    /// <summary>The time of the put by the clock. It is earlier than the time in the head if the clock was once ahead.</summary>
    public required DateTimeOffset PutAt { get; init; }

    /// <param name="state">Replaces fields that older ledgers lack.</param>
    internal static PublishedHead Read(JsonFields fields, ChainState? state) =>
        new(
            new ChainPosition(fields.OptionalNumber("generation") ?? state?.Generation ?? 0, fields.Number("sequence")),
            fields.Text("etag"))
        {
            Signer = fields.Text("signer"),
            Written = StateJson.ReadTime(fields, "written"),
            PutAt = StateJson.ReadTime(fields, fields.OptionalText("put_at") is null ? "written" : "put_at"),
        };
}
