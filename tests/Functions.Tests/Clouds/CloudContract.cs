namespace Mirror.Functions.Tests.Clouds;

/// <summary>Both sides of a partition through the program, with all that they share and remember in a real store.</summary>
public abstract class CloudContract
{
    private protected abstract Task<Cloud> MakeAsync();

    [Fact]
    public async Task A_repository_crosses_and_the_far_side_only_reads_the_bucket()
    {
        var sides = await (await MakeAsync()).PlaceAsync();
        await sides.CarryAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");

        await sides.CarryAsync();

        await sides.AssertEqualAsync();
        var (near, far) = (await sides.Near.RunAsync("status", "-v"), await sides.Far.RunAsync("status", "-v"));
        Assert.StartsWith("ce/routy: produced to sequence 2, published ", near.Output, StringComparison.Ordinal);
        Assert.StartsWith("ce/routy: consumed to sequence 2, proven equal ", far.Output, StringComparison.Ordinal);
        Assert.StartsWith("ce/routy: sound up to sequence 2", (await sides.Far.RunAsync("verify")).Output, StringComparison.Ordinal);
        Assert.Equal(0, (await sides.Far.RunAsync("restore", PartitionSides.Name, "restored.git", "--at", "1")).ExitCode);
    }

    [Fact]
    public async Task A_bundle_of_many_parts_crosses()
    {
        var sides = await (await MakeAsync()).PlaceAsync();
        await sides.Source.CommitAsync("main", [("large", Convert.ToBase64String(PartitionSides.RandomBytes(seed: 7, 30_000_000)))]);

        await sides.CarryAsync();

        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task Where_nothing_changed_no_bundle_is_read()
    {
        var cloud = await MakeAsync();
        var sides = await cloud.PlaceAsync();
        await sides.CarryAsync();
        foreach (var bundle in (await cloud.ListAsync()).Where(name => name.EndsWith(".bundle.age", StringComparison.Ordinal)))
        {
            await cloud.DeleteAsync(bundle);
        }

        var consumed = await sides.ConsumeAsync();

        Assert.Equal((0, ""), (consumed.ExitCode, consumed.Error));
        Assert.StartsWith("ce/routy: up to date at sequence 1", consumed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_not_write_is_told_which_right_is_missing_and_nothing_is_left()
    {
        var cloud = await MakeAsync();
        var sides = await cloud.PlaceAsync();
        await Cloud.ConfigureAsync(sides, sides.Near, sides.NearKeys, cloud.Bucket, cloud.FarState, cloud.Far);

        var result = await sides.ProduceAsync();

        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith("ce/routy: failed", result.Output, StringComparison.Ordinal);
        Assert.Contains(cloud.MissingRight, result.Error + result.Output, StringComparison.Ordinal);
        Assert.Empty(await cloud.ListAsync());
        // With the right it goes on from there.
        await Cloud.ConfigureAsync(sides, sides.Near, sides.NearKeys, cloud.Bucket, cloud.NearState, cloud.Near);
        await sides.CarryAsync();
        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task A_bucket_that_is_not_there_is_one_clear_error()
    {
        var cloud = await MakeAsync();
        var sides = await cloud.PlaceAsync();
        await Cloud.ConfigureAsync(sides, sides.Near, sides.NearKeys, cloud.NoSuchBucket, cloud.NearState, cloud.Near);

        var result = await sides.ProduceAsync();

        Assert.Equal((1, "ce/routy: failed\n"), (result.ExitCode, result.Output));
        Assert.Matches("^error: ce/routy: .*not-there.*: list '': the (bucket|container) .*does not exist.*\n  next: .*\n$", result.Error);
    }

    [Fact]
    public async Task Killed_at_any_moment_the_next_run_converges()
    {
        var sides = await (await MakeAsync()).PlaceAsync();
        var random = new Random(11);
        for (var round = 0; round < 4; round++)
        {
            await sides.Source.CommitAsync("main", [("large", Convert.ToBase64String(PartitionSides.RandomBytes(seed: round, 8_000_000)))]);
            foreach (var (side, command) in new[] { (sides.Near, "produce"), (sides.Far, "consume") })
            {
                using var program = StartedProgram.Start(side, command);
                await program.KillAfterAsync(TimeSpan.FromMilliseconds(random.Next(100, 1_500)));
            }
            await sides.CarryAsync();
            await sides.AssertEqualAsync();
        }
    }
}
