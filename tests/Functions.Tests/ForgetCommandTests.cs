using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror forget</c>: the ledgers at once, the objects after the retention, and nothing that is not said first.</summary>
public sealed class ForgetCommandTests
{
    [Fact]
    public async Task A_mirror_that_is_still_listed_is_not_forgotten()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();

        var result = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains("'ce/routy' is still listed: take it out first", result.Error, StringComparison.Ordinal);
        Assert.NotEmpty(StateOf(sides.Near));
    }

    [Fact]
    public async Task Its_ledgers_go_at_once_and_its_objects_when_all_are_older_than_the_retention()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ConfigureAsync(
            PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target),
            PartitionSides.Entry("ce/routy2", sides.Source.Path, (await GitRepository.CreateAsync("target")).Path));
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        await UnlistAsync(sides.Near, sides.NearKeys);

        var dry = await sides.Near.RunAsync("forget", PartitionSides.Name, "--dry-run");
        // Each mirror has a ledger, and a record of its runs.
        Assert.Equal((0, 4, 4), (dry.ExitCode, StateOf(sides.Near).Length, ObjectsOf(sides).Length));
        Assert.Matches(@"^ce/routy: now: its ledgers and records, 2 objects in .*\n"
            + @"ce/routy: not before \d{4}-\d\d-\d\dT[0-9:]+Z: 2 objects of [0-9.]+ kB in .*\n$", dry.Output);
        var early = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");
        Assert.Equal((0, 2, 4), (early.ExitCode, StateOf(sides.Near).Length, ObjectsOf(sides).Length));
        Assert.Contains("run mirror forget ce/routy again after ", early.Output, StringComparison.Ordinal);
        foreach (var file in ObjectsOf(sides))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-8));
        }
        var late = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");

        Assert.Equal((0, 2, 2), (late.ExitCode, StateOf(sides.Near).Length, ObjectsOf(sides).Length));
        Assert.EndsWith("ce/routy: forgotten\n", late.Output, StringComparison.Ordinal);
        var gone = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");
        Assert.Equal((2, "error: nothing is known of 'ce/routy': did you mean 'ce/routy2'?\n"), (gone.ExitCode, gone.Error));
    }

    [Fact]
    public async Task Where_nothing_is_left_of_any_mirror_that_is_said()
    {
        var sides = await PartitionSides.CreateAsync();
        await UnlistAsync(sides.Near, sides.NearKeys);

        var result = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Matches("^error: nothing is known of 'ce/routy', neither in .*/state nor in .*/bucket-[0-9]+\n$", result.Error);
    }

    [Fact]
    public async Task A_name_that_is_still_accepted_is_not_forgotten_while_its_head_is_in_the_bucket()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await sides.Far.WriteAsync(
            "mirror.yaml", $"{sides.Places}{sides.FarKeys}destination_base_url: {Scratch.NewFolder("base")}\naccept: [ce/*]\n");

        var refused = await sides.Far.RunAsync("forget", PartitionSides.Name, "--yes");

        Assert.Equal((2, ""), (refused.ExitCode, refused.Output));
        Assert.Contains("'ce/routy' is still accepted, and its head is in the bucket: take it out of 'accept' first",
            refused.Error, StringComparison.Ordinal);
        Assert.NotEmpty(StateOf(sides.Far));
        foreach (var file in ObjectsOf(sides))
        {
            File.Delete(file);
        }
        Assert.Equal(0, (await sides.Far.RunAsync("forget", PartitionSides.Name, "--yes")).ExitCode);
        Assert.Empty(StateOf(sides.Far));
    }

    [Fact]
    public async Task The_far_side_deletes_nothing_in_the_bucket()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await UnlistAsync(sides.Far, sides.FarKeys);
        foreach (var file in ObjectsOf(sides))
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-8));
        }

        var result = await sides.Far.RunAsync("forget", PartitionSides.Name, "--yes");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("not by this side: 2 objects", result.Output, StringComparison.Ordinal);
        Assert.Equal((0, 2), (StateOf(sides.Far).Length, ObjectsOf(sides).Length));
        await sides.Target.FsckAsync();
    }

    [Fact]
    public async Task Without_a_terminal_it_wants_to_be_told()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        await UnlistAsync(sides.Near, sides.NearKeys);

        var result = await sides.Near.RunAsync("forget", PartitionSides.Name);

        Assert.Equal((2, "error: forget: there is no terminal to ask at: say --yes\n"), (result.ExitCode, result.Error));
        Assert.NotEmpty(StateOf(sides.Near));
    }

    private static Task UnlistAsync(MirrorProgram side, string keys) =>
        side.WriteAsync("mirror.yaml", $"store: {BucketIn(side)}\nstate: ./state\n{keys}mirrors: []\n");

    private static string BucketIn(MirrorProgram side) =>
        File.ReadLines(side.PathOf("mirror.yaml")).First()["store: ".Length..];

    private static string[] StateOf(MirrorProgram side) => Directory.GetFiles(side.PathOf("state"), "*.json", SearchOption.AllDirectories);

    private static string[] ObjectsOf(PartitionSides sides) => Directory.GetFiles(sides.Bucket, "*.age", SearchOption.AllDirectories);
}
