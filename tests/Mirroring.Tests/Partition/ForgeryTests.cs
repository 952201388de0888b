using System.Text;
using System.Text.Json.Nodes;
using Mirror.Age.Signatures;
using Mirror.Mirroring.Tests.Bucket;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Heads that somebody else made, or that their own producer should not have made.</summary>
public sealed class ForgeryTests
{
    [Fact]
    public async Task A_head_signed_by_another_key()
    {
        var fixture = await PartitionFixture.StepAsync();
        var head = await fixture.ReadAsync(fixture.HeadKey);
        await fixture.PutHeadAsync(await fixture.HeadAsync(), SigningKey.Generate("somebody"));

        var outcome = await fixture.AssertRefusedAsync("signature");

        Assert.StartsWith("head: ", outcome.Error!.Message, StringComparison.Ordinal);
        await fixture.AssertHealsAsync(fixture.HeadKey, head);
    }

    [Fact]
    public async Task A_head_without_a_signature_and_one_whose_words_were_changed_after_it()
    {
        var fixture = await PartitionFixture.StepAsync();
        var (honest, head) = (await fixture.ReadAsync(fixture.HeadKey), await fixture.HeadAsync());
        await fixture.WriteAsync(
            fixture.HeadKey, await HeadText.SealAsync(head, key: null, [fixture.Identity.Recipient], CancellationToken.None));
        Assert.Contains("not signed", (await fixture.AssertRefusedAsync("signature")).Error!.Message, StringComparison.Ordinal);

        var text = await PayloadAsync(fixture);
        string[] forgeries =
        [
            text.Replace("refs/heads/main", "refs/heads/evil", StringComparison.Ordinal),
            text + " ",
            text[1..],
            text.Replace("\n\n", "\n", StringComparison.Ordinal),
            "",
            "\n",
        ];
        foreach (var changed in forgeries)
        {
            await PutAsync(fixture, changed);
            await fixture.AssertRefusedAsync("signature", changed);
        }
        await fixture.AssertHealsAsync(fixture.HeadKey, honest);
    }

    [Fact]
    public async Task A_signature_of_the_right_key_for_another_purpose()
    {
        var fixture = await PartitionFixture.StepAsync();
        var text = await PayloadAsync(fixture);
        var json = text[(text.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        await PutAsync(fixture, $"{fixture.Signing.Sign(Encoding.UTF8.GetBytes(json), "git")}\n{json}");

        await fixture.AssertRefusedAsync("signature");
    }

    [Fact]
    public async Task Another_mirror_s_head_signed_by_the_right_key()
    {
        var fixture = await PartitionFixture.StepAsync();
        var other = await fixture.AlongsideAsync();
        await other.Source.CommitAsync("main", "b.txt", "other\n");
        await other.ProduceAsync();
        await fixture.WriteAsync(fixture.HeadKey, await fixture.ReadAsync(other.HeadKey));

        var outcome = await fixture.AssertRefusedAsync("wrong-mirror");

        Assert.Contains("'ce/other'", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_mirror_s_bundle_in_the_place_of_ours()
    {
        var fixture = await PartitionFixture.StepAsync();
        var other = await fixture.AlongsideAsync();
        await other.Source.CommitAsync("main", "b.txt", "other\n");
        await other.ProduceAsync();
        var key = (await fixture.HeadAsync()).State.Last.Key;
        var honest = await fixture.ReadAsync(key);
        var listing = await BucketListing.ReadAsync(fixture.Bucket, CancellationToken.None);
        await fixture.WriteAsync(key, await fixture.ReadAsync((await other.HeadAsync()).State.Last.Key));

        var outcome = await fixture.ConsumeAsync(listing);

        Assert.Equal((OutcomeKind.Failed, "bad-bundle", 0), (outcome.Kind, outcome.Error?.Reason.Word, outcome.Changes.Count));
        await fixture.AssertHealsAsync(key, honest);
    }

    [Fact]
    public async Task Two_mirrors_with_their_heads_exchanged_and_a_third_that_is_done_all_the_same()
    {
        var fixture = await PartitionFixture.StepAsync();
        var (other, third) = (await fixture.AlongsideAsync("ce/other"), await fixture.AlongsideAsync("ce/third"));
        foreach (var each in (PartitionFixture[])[other, third])
        {
            await each.Source.CommitAsync("main", "b.txt", $"{each.Name}\n");
            await each.ProduceAsync();
        }
        var (ours, theirs) = (await fixture.ReadAsync(fixture.HeadKey), await fixture.ReadAsync(other.HeadKey));
        await fixture.WriteAsync(fixture.HeadKey, theirs);
        await fixture.WriteAsync(other.HeadKey, ours);
        var outcomes = new Dictionary<string, MirrorOutcome>();

        await MirrorRun.RunAsync(
            ((PartitionFixture[])[fixture, other, third]).Select(each => new MirrorJob(each.Name, [], (_, _) => each.ConsumeAsync())),
            parallel: 2,
            new RunListener(_ => new TransferMeter(), (job, _, outcome) => outcomes.Add(job.Mirror, outcome)),
            CancellationToken.None);

        Assert.Equal(("wrong-mirror", "wrong-mirror", null),
            (outcomes["ce/routy"].Error?.Reason.Word, outcomes["ce/other"].Error?.Reason.Word, outcomes["ce/third"].Error?.Reason.Word));
        Assert.Equal(OutcomeKind.Updated, outcomes["ce/third"].Kind);
        await third.AssertEqualAsync();
        Assert.Empty(await other.Target.RefsAsync());
    }

    [Fact]
    public async Task Another_state_under_a_sequence_that_was_consumed_already()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        Directory.Delete(fixture.NearPath, recursive: true);
        var head = await fixture.HeadAsync();
        var state = head.State;
        Git.RefList refs = [state.Refs[0] with { Name = Git.RefName.Parse("refs/heads/evil") }];
        var last = state.Last with { RefsDigest = RefsDigest.Of(refs) };
        await fixture.PutHeadAsync(head with { State = state with { Refs = refs, Chain = [last] } });

        await fixture.AssertRefusedAsync("rollback");
    }

    /// <summary>What is wrong with a head that its own producer signed.</summary>
    public static TheoryData<string, Action<JsonObject>> Malformed => new()
    {
        { "another format", head => head["format"] = 2 },
        { "a format that is a text", head => head["format"] = "1" },
        { "no mirror", head => head.Remove("mirror") },
        { "a gap in the chain", head => Chain(head).RemoveAt(1) },
        { "a chain that starts with a delta", head => Chain(head).RemoveAt(0) },
        { "an empty chain", head => head["chain"] = new JsonArray() },
        { "a chain that is no list", head => head["chain"] = new JsonObject() },
        { "a chain out of order", head => head["chain"] = new JsonArray([.. Chain(head).Reverse().Select(entry => entry!.DeepClone())]) },
        { "a sequence that is not the chain's", head => head["sequence"] = 9 },
        { "a sequence below zero", head => head["sequence"] = -1 },
        { "a generation below zero", head => head["generation"] = -1 },
        { "a generation beyond all numbers", head => head["generation"] = JsonNode.Parse("99999999999999999999999") },
        { "a size below zero", head => Chain(head)[2]!["size"] = -1 },
        { "a size that is no whole number", head => Chain(head)[2]!["size"] = 1.5 },
        { "a kind that nobody knows", head => Chain(head)[2]!["kind"] = "half" },
        { "refs that are not those of the digest",
            head => head["refs"]!["refs/heads/more"] = head["refs"]!["refs/heads/main"]!.DeepClone() },
        { "a digest that is not that of the refs", head => Chain(head)[2]!["refs_digest"] = new string('0', 64) },
        { "a ref that is not managed", head => head["managed"] = new JsonArray("refs/tags/*") },
        { "nothing managed", head => head["managed"] = new JsonArray() },
        { "a pattern that is none", head => head["managed"] = new JsonArray("refs/**") },
        { "a name that is none", head => head["refs"] = new JsonObject { ["refs/heads/../main"] = new string('1', 40) } },
        { "an id that is none", head => head["refs"]!["refs/heads/main"] = "main" },
        { "an id of another format", head => head["refs"]!["refs/heads/main"] = new string('1', 64) },
        { "an id of nothing", head => head["refs"]!["refs/heads/main"] = new string('0', 40) },
        { "an object format that nobody knows", head => head["object_format"] = "md5" },
        { "a time that is none", head => head["expires"] = "tomorrow" },
        { "a default branch that is none", head => head["head"] = "refs/heads/.." },
    };

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public async Task A_signed_head_that_is_malformed(string what, Action<JsonObject> change)
    {
        var fixture = await s_prepared.Value;
        var head = (JsonObject)JsonNode.Parse(JsonOf(s_honest!))!;
        change(head);
        await PutSignedAsync(fixture, head.ToJsonString());

        var outcome = await fixture.AssertRefusedAsync("malformed-head", what);

        Assert.StartsWith("head: ", outcome.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("1")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("{\"format\":1}")]
    [InlineData("{\"format\":1}}")]
    [InlineData("{\"format\":1,\"mirror\":\"\\ud800\"}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[")]
    public async Task What_is_signed_but_no_head_at_all(string json)
    {
        var fixture = await s_prepared.Value;
        await PutSignedAsync(fixture, json);

        await fixture.AssertRefusedAsync("malformed-head", json);
    }

    [Fact]
    public async Task A_ref_that_is_named_twice()
    {
        var fixture = await s_prepared.Value;
        var json = JsonOf(s_honest!);
        var line = json.Split('\n').Single(each => each.Contains("\"refs/heads/main\":", StringComparison.Ordinal));
        await PutSignedAsync(fixture, json.Replace(line, $"{line},\n{line}", StringComparison.Ordinal));

        await fixture.AssertRefusedAsync("malformed-head");
    }

    // A full bundle consumed and two deltas waiting, for all the tests that only change the head: they run one after the other.
    private static readonly Lazy<Task<PartitionFixture>> s_prepared = new(PrepareAsync);

    private static string? s_honest;

    private static async Task<PartitionFixture> PrepareAsync()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        foreach (var text in (string[])["one\n", "two\n", "three\n"])
        {
            await fixture.Source.CommitAsync("main", "a.txt", text);
            await fixture.ProduceAsync();
            PartitionFixture.AssertGood(text == "one\n" ? await fixture.ConsumeAsync() : new MirrorOutcome("", OutcomeKind.Unchanged));
        }
        s_honest = await PayloadAsync(fixture);
        return fixture;
    }

    private static JsonArray Chain(JsonObject head) => (JsonArray)head["chain"]!;

    private static string JsonOf(string payload) => payload[(payload.IndexOf("\n\n", StringComparison.Ordinal) + 2)..];

    private static async Task<string> PayloadAsync(PartitionFixture fixture) =>
        await File.ReadAllTextAsync(await new BundleProof(fixture).DecryptAsync(fixture.HeadKey));

    private static Task PutSignedAsync(PartitionFixture fixture, string json) =>
        PutAsync(fixture, $"{fixture.Signing.Sign(Encoding.UTF8.GetBytes(json), SealedHead.SignatureNamespace)}\n{json}");

    private static async Task PutAsync(PartitionFixture fixture, string payload) =>
        await fixture.WriteAsync(fixture.HeadKey, await AgeBytes.EncryptAsync(Encoding.UTF8.GetBytes(payload), fixture.Identity));
}
