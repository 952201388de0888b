using Mirror.Mirroring.Tests.Sync;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Which outcomes say that the destination was seen to be as it should be.</summary>
public sealed class ProofTests
{
    [Fact]
    public async Task Runs_that_changed_something_and_runs_that_only_looked_are_proof_on_both_sides()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        MirrorOutcome[] outcomes = [await fixture.ConsumeAsync(), await fixture.ConsumeAsync(), await fixture.ProduceAsync()];

        Assert.Equal([(OutcomeKind.Updated, true), (OutcomeKind.Unchanged, true), (OutcomeKind.Unchanged, true)],
            outcomes.Select(outcome => (outcome.Kind, outcome.IsProven)));
    }

    [Fact]
    public async Task What_a_dry_run_would_do_is_none()
    {
        var fixture = await PartitionFixture.StepAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        var sync = await SyncFixture.CreateAsync();
        await sync.Source.CommitAsync("main", "a.txt", "one\n");
        MirrorOutcome[] outcomes =
        [
            await fixture.ProduceAsync(fixture.ProduceRequest() with { DryRun = true }),
            await fixture.ConsumeAsync(fixture.ConsumeRequest() with { DryRun = true }),
            await sync.SyncAsync(sync.Request() with { DryRun = true }),
        ];

        Assert.All(outcomes, outcome => Assert.Equal((OutcomeKind.Updated, false), (outcome.Kind, outcome.IsProven)));
        Assert.Equal((OutcomeKind.Updated, true), (await sync.SyncAsync()) is var done ? (done.Kind, done.IsProven) : default);
        Assert.Equal((OutcomeKind.Unchanged, true), (await sync.SyncAsync()) is var again ? (again.Kind, again.IsProven) : default);
    }

    [Fact]
    public async Task A_target_that_is_as_an_expired_head_says_is_none()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        fixture.Time.Shift = TimeSpan.FromDays(8);
        var late = await fixture.LateAsync();
        MirrorOutcome[] outcomes = [await fixture.ConsumeAsync(), await late.ConsumeAsync()];

        Assert.Equal([(OutcomeKind.Held, 0, false), (OutcomeKind.Held, 1, false)],
            outcomes.Select(outcome => (outcome.Kind, outcome.Refs.Created, outcome.IsProven)));
    }

    [Fact]
    public async Task Looks_under_an_expired_head_do_not_make_an_old_proof_young()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        var proven = (await LagAsync(fixture)).Proven;
        fixture.Time.Shift = TimeSpan.FromDays(8);
        await fixture.ConsumeAsync();

        var expired = await LagAsync(fixture);

        Assert.NotNull(proven);
        Assert.Equal(proven, expired.Proven);
        Assert.True(expired.Lag > TimeSpan.FromDays(7), $"{expired.Lag}");
        // A new head that cannot be delivered says nothing of the time before it.
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        await fixture.Target.InstallHookAsync("update", "exit 1");
        Assert.Equal("refs-refused", (await fixture.ConsumeAsync()).Error?.Reason.Word);
        var refused = await LagAsync(fixture);
        Assert.Equal(proven, refused.Proven);
        Assert.True(refused.Lag > TimeSpan.FromDays(7), $"{refused.Lag}");
    }

    [Fact]
    public async Task What_is_delivered_under_an_expired_head_is_not_proven_by_the_next_head()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        fixture.Time.Shift = TimeSpan.FromDays(8);
        Assert.Equal((OutcomeKind.Held, 1), (await fixture.ConsumeAsync()) is var late ? (late.Kind, late.Refs.Created) : default);
        await fixture.Source.CommitAsync("main", "a.txt", "two\n");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        await fixture.Target.InstallHookAsync("update", "exit 1");
        Assert.Equal("refs-refused", (await fixture.ConsumeAsync()).Error?.Reason.Word);

        Assert.Null((await LagAsync(fixture)).Proven);
        File.Delete(Path.Combine(fixture.Target.Path, "hooks", "update"));
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        Assert.NotNull((await LagAsync(fixture)).Proven);
    }

    [Fact]
    public async Task A_target_that_refuses_a_ref_and_a_source_that_is_gone_are_none()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        await fixture.Target.InstallHookAsync("update", "exit 1");
        var refused = await fixture.ConsumeAsync();
        Directory.Delete(fixture.Source.Path, recursive: true);
        var gone = await fixture.ProduceAsync();

        Assert.All([refused, gone], outcome => Assert.Equal((OutcomeKind.Failed, false), (outcome.Kind, outcome.IsProven)));
    }

    [Fact]
    public async Task What_is_kept_of_very_many_refused_refs_does_not_grow_with_the_target_s_words()
    {
        const int Count = 120;
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        for (var i = 0; i < Count; i++)
        {
            await fixture.Source.SetRefAsync($"refs/tags/v{i:000}", "main");
        }
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        // In all, as much as a report may hold.
        await fixture.Target.InstallHookAsync("update",
            "echo \"$1 is protected by the rules of this house, all of which are here: $(seq 1 100 | tr '\\n' ' ')\" >&2; exit 1");

        var refused = await fixture.ConsumeAsync();

        Assert.Equal(Count + 1, refused.Error!.RefCount);
        var words = Assert.Single(refused.Error.Refs.Values.ToHashSet<object>(ReferenceEqualityComparer.Instance)).ToString()!;
        Assert.StartsWith("hook declined: ", words, StringComparison.Ordinal);
        Assert.InRange(words.Length, 900, 1010);
        var ledger = Directory.GetFiles(fixture.FarPath, "*.consumed.json", SearchOption.AllDirectories).Single();
        Assert.InRange(new FileInfo(ledger).Length, MirrorError.MaxRefs * 900, (MirrorError.MaxRefs * 1100) + (Count * 60));
        // All of their names are known, so that none of them holds up the others.
        var status = await StatusAsync(fixture);
        Assert.Equal(Count + 1, status.Consumed!.SetAside.Count);
        File.Delete(Path.Combine(fixture.Target.Path, "hooks", "update"));
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_bundle_of_which_nothing_was_pushed_was_not_applied()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = PartitionFixture.DeltasOnly;
        await using var target = new PretendGit { Capabilities = "report-status ofs-delta atomic object-format=sha1" };
        var request = fixture.ConsumeRequest() with { Target = Remotes.Url(target.Url) };
        await fixture.Source.CommitAsync("main", "a.txt", "one\n");
        await fixture.Source.SetRefAsync("refs/heads/topic", "main");
        PartitionFixture.AssertGood(await fixture.ProduceAsync());
        Assert.Equal(BundleKind.Full, (await fixture.ConsumeAsync(request)).Bundle);
        await fixture.Source.DeleteRefAsync("refs/heads/topic");
        Assert.Equal(BundleKind.Delta, (await fixture.ProduceAsync()).Bundle);

        var outcome = await fixture.ConsumeAsync(request);

        Assert.Equal(("refs-refused", (BundleKind?)null), (outcome.Error?.Reason.Word, outcome.Bundle));
    }

    [Fact]
    public async Task What_is_kept_of_a_failure_has_no_secret_in_it()
    {
        var fixture = await PartitionFixture.ProducedAsync(1);
        fixture.Redact = text => text.Replace("hunter2", "***", StringComparison.Ordinal)
            .Replace(fixture.Source.Path, "***", StringComparison.Ordinal);
        await fixture.Target.InstallHookAsync("update", "echo 'hunter2 says no' >&2; exit 1");
        var refused = await fixture.ConsumeAsync();
        Directory.Delete(fixture.Source.Path, recursive: true);
        await fixture.ProduceAsync();

        Assert.Contains("hunter2", Assert.Single(refused.Error!.Refs).Value, StringComparison.Ordinal);
        foreach (var file in Directory.GetFiles(fixture.NearPath, "*.json").Concat(Directory.GetFiles(fixture.FarPath, "*.json")))
        {
            var text = await File.ReadAllTextAsync(file);
            Assert.Contains("***", text, StringComparison.Ordinal);
            Assert.DoesNotContain("hunter2", text, StringComparison.Ordinal);
            Assert.DoesNotContain(fixture.Source.Path, text, StringComparison.Ordinal);
        }
    }

    private static async Task<MirrorLag> LagAsync(PartitionFixture fixture) =>
        MirrorLag.Of(new RememberedMirror(await StatusAsync(fixture), []), [JobState.Consume], fixture.Time.GetUtcNow());

    private static async Task<MirrorStatus> StatusAsync(PartitionFixture fixture)
    {
        var listing = await BucketListing.ReadAsync(fixture.Bucket, CancellationToken.None);
        return await MirrorStatus.ReadAsync(fixture.Name, fixture.Store(fixture.FarPath), listing, CancellationToken.None);
    }
}
