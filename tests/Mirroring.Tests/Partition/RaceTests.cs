using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>Several at once on one mirror, and clocks that disagree.</summary>
public sealed class RaceTests
{
    [Fact]
    public async Task Two_producers_at_once_make_one_chain()
    {
        var fixture = await PartitionFixture.CreateAsync();
        for (var round = 1; round <= 3; round++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{round}\n");

            var outcomes = await Task.WhenAll(Task.Run(() => fixture.ProduceAsync()), Task.Run(() => fixture.ProduceAsync()));

            Assert.All(outcomes,
                outcome => Assert.True(outcome.IsGood || outcome.Error?.Reason.Word == "busy", $"{round}: {outcome.Error?.Message}"));
            Assert.Contains(outcomes, outcome => outcome.Kind == OutcomeKind.Updated);
            ChainTests.AssertContiguous((await fixture.HeadAsync()).State);
            PartitionFixture.AssertGood(await fixture.ConsumeAsync());
            await fixture.AssertEqualAsync();
        }
        Assert.Equal(1, (await fixture.HeadAsync()).State.Generation);
    }

    [Fact]
    public async Task Two_consumers_at_once_bring_one_target_in_step()
    {
        var fixture = await PartitionFixture.CreateAsync();
        for (var round = 1; round <= 3; round++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{round}\n");
            await fixture.ProduceAsync();

            var outcomes = await Task.WhenAll(Task.Run(() => fixture.ConsumeAsync()), Task.Run(() => fixture.ConsumeAsync()));

            Assert.All(outcomes,
                outcome => Assert.True(outcome.IsGood || outcome.Error?.Reason.Word == "busy", $"{round}: {outcome.Error?.Message}"));
            Assert.Contains(outcomes, outcome => outcome.Kind == OutcomeKind.Updated);
            await fixture.AssertEqualAsync();
        }
    }

    [Fact]
    public async Task A_consumer_that_runs_while_a_producer_does_sees_the_old_state_or_the_new_one()
    {
        var fixture = await PartitionFixture.CreateAsync();
        fixture.Policy = new ChainPolicy { MaxDeltas = 3 };
        await fixture.Source.CommitAsync("main", "a.txt", "0\n");
        await fixture.CarryAsync();
        for (var round = 1; round <= 10; round++)
        {
            await fixture.Source.CommitAsync("main", "a.txt", $"{round}\n");

            var outcomes = await Task.WhenAll(Task.Run(() => fixture.ProduceAsync()), Task.Run(() => fixture.ConsumeAsync()));

            Assert.All(outcomes, PartitionFixture.AssertGood);
        }
        PartitionFixture.AssertGood(await fixture.ConsumeAsync());
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_consumer_and_a_restore_whose_listings_are_older_than_the_head_list_again()
    {
        var fixture = await PartitionFixture.StepAsync();
        var listing = await BucketListing.ReadAsync(fixture.Bucket, CancellationToken.None);
        await fixture.Source.CommitAsync("main", "a.txt", "three\n");
        fixture.Policy = PartitionFixture.DeltasOnly;
        await fixture.ProduceAsync();

        PartitionFixture.AssertGood(await fixture.ConsumeAsync(listing));
        await fixture.AssertEqualAsync();
        var restored = await GitRepository.CreateAsync("restored");
        var restorer = new Restorer(
            fixture.Bucket, new ConsumerKeys([fixture.Identity], [fixture.Signing.VerifyingKey]), fixture.Settings());
        var state = await restorer.FindAsync(fixture.Name, at: null, listing, CancellationToken.None);
        PartitionFixture.AssertGood(await restorer.RestoreAsync(fixture.Name, state,
            new RestoreTarget(Remotes.Url(restored.FileUrl), listing), new TransferMeter(), CancellationToken.None));
        await Remotes.AssertEqualAsync(fixture.Source, restored);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Two_sides_whose_clocks_are_a_day_apart(int days)
    {
        var near = await PartitionFixture.CreateAsync();
        var far = new PartitionFixture
        {
            Folder = near.Folder,
            Identity = near.Identity,
            Signing = near.Signing,
            Source = near.Source,
            Target = near.Target,
            Time = new ShiftedTime { Shift = TimeSpan.FromDays(days) },
        };
        for (var round = 1; round <= 4; round++)
        {
            await near.Source.CommitAsync("main", "a.txt", $"{round}\n");
            // Two workers take turns on the near side as well.
            PartitionFixture.AssertGood(await (round % 2 == 0 ? near : far).ProduceAsync());
            var outcome = await far.ConsumeAsync();
            Assert.Equal(OutcomeKind.Updated, outcome.Kind);
            Assert.All(outcome.Warnings, warning => Assert.Contains("which is yet to come", warning, StringComparison.Ordinal));
            await near.AssertEqualAsync();
        }
        ChainTests.AssertContiguous((await near.HeadAsync()).State);
    }

    [Fact]
    public async Task A_push_by_somebody_else_meanwhile_is_seen_and_done_again()
    {
        var fixture = await PartitionFixture.StepAsync();
        var other = await fixture.Target.CommitAsync("theirs", "c.txt", "three\n");
        await fixture.Target.DeleteRefAsync("refs/heads/theirs");
        // Between our look at the target and the move of the ref, once: the very ref, and another one.
        await fixture.Target.InstallRaceAsync($"git update-ref refs/heads/main {other}; git update-ref refs/heads/evil {other}");

        var outcome = await fixture.ConsumeAsync();

        Assert.Equal((OutcomeKind.Updated, null), (outcome.Kind, outcome.Error?.Message));
        Assert.True(File.Exists(Path.Combine(fixture.Target.Path, "raced")));
        await fixture.AssertEqualAsync();
    }

    [Fact]
    public async Task A_push_by_somebody_else_after_ours_is_undone_in_the_same_run_or_the_next()
    {
        var fixture = await PartitionFixture.StepAsync();
        var other = await fixture.Target.CommitAsync("theirs", "c.txt", "three\n");
        await fixture.Target.DeleteRefAsync("refs/heads/theirs");
        await fixture.Target.InstallHookAsync(
            "post-receive", $"[ -e raced ] || {{ touch raced; git update-ref refs/heads/main {other}; }}");

        PartitionFixture.AssertGood(await fixture.ConsumeAsync());

        await fixture.AssertEqualAsync();
    }

    [Theory]
    [InlineData("git update-ref refs/heads/main refs/tags/next")]
    [InlineData("git update-ref refs/heads/main refs/heads/main~1")]
    [InlineData("git update-ref -d refs/heads/topic")]
    [InlineData("git update-ref -d refs/heads/topic; git prune --expire=now")]
    public async Task A_source_that_changes_between_its_answers(string change)
    {
        var fixture = await PartitionFixture.CreateAsync();
        await fixture.Source.CommitAsync("main", [("a.txt", "one\n"), ("a.txt", "two\n")]);
        await fixture.Source.CommitAsync("topic", "b.txt", "topic\n");
        await fixture.Source.CommitAsync("next", [("a.txt", "one\n"), ("a.txt", "next\n")]);
        await fixture.Source.TagAsync("next", "next");
        // An ssh that looks at what passes: once the first fetch is asked for, the source changes, and then the question goes on.
        var script = Path.Combine(Scratch.NewFolder("ssh"), "ssh");
        var repository = fixture.Source.Path;
        await File.WriteAllTextAsync(script, $$"""
            #!/bin/sh
            for last; do :; done
            perl -e '
            $| = 1;
            while (sysread(STDIN, $b, 65536)) {
                if ($b =~ /command=fetch/ && ! -e "{{repository}}/raced") { system("cd {{repository}}; touch raced; {{change}}"); }
                syswrite(STDOUT, $b);
            }' | sh -c "$last"
            """);
        await new Command("chmod", "+x", script).RunAsync();
        var settings = new RemoteSettings { Http = new HttpAccess(authorities: null), Time = new Sync.HastyTime(), SshCommand = script };
        var keys = new ProducerKeys([fixture.Identity.Recipient], fixture.Signing);
        var producer = new Producer(fixture.Bucket, fixture.Store(fixture.NearPath), keys, settings) { Random = new Random(1) };
        var request = fixture.ProduceRequest() with { Source = RemoteUrl.Parse($"ssh://host{repository}", "/") };

        var outcome = await producer.ProduceAsync(
            request, await BucketListing.ReadAsync(fixture.Bucket, CancellationToken.None), new TransferMeter(), CancellationToken.None);

        Assert.True(File.Exists(Path.Combine(repository, "raced")), outcome.Error?.Message);
        if (outcome.IsGood)
        {
            // What was promised is what was there when the refs were read.
            PartitionFixture.AssertGood(await fixture.ConsumeAsync());
            await fixture.Target.FsckAsync();
        }
        await fixture.CarryAsync();
        await fixture.AssertEqualAsync();
    }
}
