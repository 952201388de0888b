using System.Text;
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
        Assert.Contains("'ce/routy' is still listed: remove it there first", result.Error, StringComparison.Ordinal);
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
            + @"ce/routy: by the first mirror produce after \d{4}-\d\d-\d\dT[0-9:]+Z: 2 objects of [0-9.]+ kB in .*\n$", dry.Output);
        var early = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");
        // What is left of it in the state is a marker.
        Assert.Equal((0, 3, 4), (early.ExitCode, StateOf(sides.Near).Length, ObjectsOf(sides).Length));
        Assert.Contains("ce/routy: forgotten; the first mirror produce after ", early.Output, StringComparison.Ordinal);
        MakeOld(ObjectsOf(sides));
        var late = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");

        // The marker stays, for the generation that it knows.
        Assert.Equal((0, 3, 2), (late.ExitCode, StateOf(sides.Near).Length, ObjectsOf(sides).Length));
        Assert.EndsWith("ce/routy: forgotten\n", late.Output, StringComparison.Ordinal);
        var gone = await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes");
        Assert.Equal((2, "error: nothing is known of 'ce/routy': did you mean 'ce/routy2'?\n"), (gone.ExitCode, gone.Error));
    }

    [Fact]
    public async Task Its_objects_go_with_the_first_produce_after_the_retention()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var own = ObjectsOf(sides);
        await sides.ConfigureAsync(PartitionSides.Entry("ce/other", sides.Source, await GitRepository.CreateAsync("target")));
        Assert.Equal(0, (await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes")).ExitCode);
        Assert.DoesNotContain("retired", (await sides.ProduceAsync()).Error, StringComparison.Ordinal);
        Assert.Equal(4, ObjectsOf(sides).Length);
        MakeOld(own);

        var dry = await sides.ProduceAsync("--dry-run");
        Assert.Equal((0, 4), (dry.ExitCode, ObjectsOf(sides).Length));
        var produced = await sides.ProduceAsync();

        Assert.Equal((0, 3, 2), (produced.ExitCode, StateOf(sides.Near).Length, ObjectsOf(sides).Length));
        Assert.Matches("^ce/routy: retired: 2 objects deleted in .*\n$", produced.Error);
        Assert.Equal("", (await sides.ProduceAsync()).Error);
    }

    [Fact]
    public async Task One_that_is_listed_again_keeps_its_objects()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var listed = await sides.Near.ReadAsync("mirror.yaml");
        await UnlistAsync(sides.Near, sides.NearKeys);
        Assert.Equal(0, (await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes")).ExitCode);
        await sides.Near.WriteAsync("mirror.yaml", listed);
        MakeOld(ObjectsOf(sides));

        var produced = await sides.ProduceAsync();

        Assert.Equal(
            (0, "ce/routy: listed again after mirror forget: started with generation 2\n"), (produced.ExitCode, produced.Error));
        // Its ledger and the record of its run, and no marker.
        Assert.Equal(2, StateOf(sides.Near).Length);
        await sides.CarryAsync();
        await sides.AssertEqualAsync();
    }

    /// <summary>The run has read the configuration and the ledger when the mirror is forgotten, and wants to write after it.</summary>
    [Fact]
    public async Task A_produce_under_way_writes_nothing_after_it()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var source = Waiting(asked, go, FakeAnswer.Ok("application/x-git-upload-pack-advertisement", Encoding.UTF8.GetBytes(
            $"001e# service=git-upload-pack\n0000{Line($"{new string('1', 40)} refs/heads/other\0")}0000")));
        await sides.Near.WriteAsync("mirror.yaml", $"{sides.Places}{sides.NearKeys}mirrors:\n"
            + PartitionSides.Entry(PartitionSides.Name, $"{source.Url}/x.git", sides.Target.Path)
                .Replace(source.Url, $"\"{source.Url}", StringComparison.Ordinal)
                .Replace("/x.git", "/x.git\"", StringComparison.Ordinal));
        var running = sides.ProduceAsync("--allow-mass-delete");
        await asked.Task.WaitAsync(Hang.Limit);
        await UnlistAsync(sides.Near, sides.NearKeys);
        Assert.Equal(0, (await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes")).ExitCode);
        var before = ObjectsOf(sides);

        go.SetResult();
        var produced = await running;

        Assert.Equal(1, produced.ExitCode);
        Assert.Contains(
            "its ledger was deleted while this run was under way, as mirror forget does", produced.Error, StringComparison.Ordinal);
        Assert.Equal(before, ObjectsOf(sides));
        Assert.Single(StateOf(sides.Near), file => file.Contains("/retired/", StringComparison.Ordinal));
        Assert.Single(StateOf(sides.Near));

        static string Line(string text) => $"{text.Length + 5:x4}{text}\n";
    }

    /// <summary>A far side that was told nothing still knows the generation that it has consumed.</summary>
    [Fact]
    public async Task One_that_is_listed_again_when_its_objects_are_gone_goes_on_above_its_last_generation()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var listed = await sides.Near.ReadAsync("mirror.yaml");
        await UnlistAsync(sides.Near, sides.NearKeys);
        MakeOld(ObjectsOf(sides));
        Assert.Equal(0, (await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes")).ExitCode);
        Assert.Empty(ObjectsOf(sides));
        await sides.Near.WriteAsync("mirror.yaml", listed);
        await sides.Source.CommitAsync("main", [("a.txt", "two\n")]);

        await sides.CarryAsync();

        await sides.AssertEqualAsync();
        Assert.Equal(2, StateOf(sides.Near).Length);
    }

    /// <summary>It died when the marker was written, or a run that ended later has written its ledger and record.</summary>
    [Fact]
    public async Task What_is_left_of_the_ledgers_goes_with_the_next_produce_and_the_objects_after_the_retention()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var kept = StateOf(sides.Near).Select(file => (file, File.ReadAllBytes(file))).ToArray();
        var own = ObjectsOf(sides);
        await sides.ConfigureAsync(PartitionSides.Entry("ce/third", sides.Source, await GitRepository.CreateAsync("target")));
        Assert.Equal(0, (await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes")).ExitCode);
        foreach (var (file, content) in kept)
        {
            await File.WriteAllBytesAsync(file, content);
        }

        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);

        // The marker, and the two of the mirror that is listed.
        Assert.Equal((3, 4), (StateOf(sides.Near).Length, ObjectsOf(sides).Length));
        Assert.DoesNotContain(StateOf(sides.Near), file => kept.Any(before => before.file == file));
        MakeOld(own);
        Assert.Matches("^ce/routy: retired: 2 objects deleted in .*\n$", (await sides.ProduceAsync()).Error);
        Assert.Equal(2, ObjectsOf(sides).Length);
    }

    [Fact]
    public async Task A_marker_that_cannot_be_read_does_not_keep_others_from_being_swept()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ConfigureAsync(
            PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target),
            PartitionSides.Entry("ce/other", sides.Source, await GitRepository.CreateAsync("target")));
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        await sides.ConfigureAsync(PartitionSides.Entry("ce/third", sides.Source, await GitRepository.CreateAsync("target")));
        foreach (var name in new[] { PartitionSides.Name, "ce/other" })
        {
            Assert.Equal(0, (await sides.Near.RunAsync("forget", name, "--yes")).ExitCode);
        }
        await File.WriteAllTextAsync(StateOf(sides.Near).Order(StringComparer.Ordinal).First(), new string('x', 10_000));
        MakeOld(ObjectsOf(sides));

        var produced = await sides.ProduceAsync();

        Assert.Equal((0, 4), (produced.ExitCode, ObjectsOf(sides).Length));
        Assert.Matches("(?m)^warning: .*: the objects of retired mirrors are kept until the next sweep$", produced.Error);
        Assert.Matches("(?m)^ce/[a-z]+: retired: 2 objects deleted in ", produced.Error);
    }

    /// <summary>The run has read the configuration when the mirror is forgotten, and comes to it only afterwards.</summary>
    [Fact]
    public async Task A_produce_that_comes_to_it_later_does_not_begin_it_anew()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var (asked, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var source = Waiting(asked, go, FakeAnswer.Status(404));
        await sides.ConfigureAsync(
            PartitionSides.Entry("ce/first", $"\"{source.Url}/x.git\"", (await GitRepository.CreateAsync("target")).Path),
            PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target));
        var running = sides.ProduceAsync("-j", "1");
        await asked.Task.WaitAsync(Hang.Limit);
        await UnlistAsync(sides.Near, sides.NearKeys);
        Assert.Equal(0, (await sides.Near.RunAsync("forget", PartitionSides.Name, "--yes")).ExitCode);
        var before = ObjectsOf(sides);

        go.SetResult();
        var produced = await running;

        Assert.Contains(
            "ce/routy: mirror forget has retired it since the configuration was read", produced.Error, StringComparison.Ordinal);
        Assert.Equal(before, ObjectsOf(sides));
        // That of ce/first.
        Assert.Single(StateOf(sides.Near), file => file.EndsWith(".produced.json", StringComparison.Ordinal));
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
        MakeOld(ObjectsOf(sides));

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

        Assert.Equal((2, "error: forget: there is no terminal to confirm at: use --yes\n"), (result.ExitCode, result.Error));
        Assert.NotEmpty(StateOf(sides.Near));
    }

    private static void MakeOld(string[] files)
    {
        foreach (var file in files)
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-8));
        }
    }

    private static Task UnlistAsync(MirrorProgram side, string keys) =>
        side.WriteAsync("mirror.yaml", $"store: {BucketIn(side)}\nstate: ./state\n{keys}mirrors: []\n");

    private static string BucketIn(MirrorProgram side) =>
        File.ReadLines(side.PathOf("mirror.yaml")).First()["store: ".Length..];

    private static string[] StateOf(MirrorProgram side) => Directory.GetFiles(side.PathOf("state"), "*.json", SearchOption.AllDirectories);

    /// <summary>A source that answers when it may.</summary>
    private static FakeServer Waiting(TaskCompletionSource asked, TaskCompletionSource go, FakeHandler answer) =>
        new(async (request, stream, cancellation) =>
        {
            asked.TrySetResult();
            await go.Task.WaitAsync(cancellation);
            await answer(request, stream, cancellation);
        });

    private static string[] ObjectsOf(PartitionSides sides) => Directory.GetFiles(sides.Bucket, "*.age", SearchOption.AllDirectories);
}
