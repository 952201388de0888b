using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror verify</c>: whether the bucket is sound, by the bucket alone.</summary>
public sealed class VerifyCommandTests
{
    private const int Seed = 9;

    [Fact]
    public async Task It_reads_all_mirrors_or_those_that_are_named()
    {
        var sides = await TwoMirrorsAsync();
        // Neither repository is asked.
        Directory.Delete(sides.Source.Path, recursive: true);

        var all = await sides.Far.RunAsync("verify");
        var one = await sides.Far.RunAsync("verify", "b/two");
        var unknown = await sides.Far.RunAsync("verify", "b/two", "no/such");

        Assert.Equal((0, "2 mirrors: 2 sound\n"), (all.ExitCode, all.Error));
        Assert.Matches(@"(?m)^a/one: sound up to sequence 1, [0-9.]+ kB of packs in [0-9.]+ s$", all.Output);
        Assert.Matches(@"(?m)^b/two: sound up to sequence 1, ", all.Output);
        Assert.Equal((0, ""), (one.ExitCode, one.Error));
        Assert.StartsWith("b/two: sound", one.Output, StringComparison.Ordinal);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains($"error: no/such: {sides.Bucket}: there is no head for no/such\n", unknown.Error, StringComparison.Ordinal);
        Assert.Contains("b/two: sound", unknown.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_bit_is_found_and_named_and_the_other_mirrors_are_sound()
    {
        var sides = await TwoMirrorsAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.ProduceAsync("--only", "a/*");
        var random = new Random(Seed);
        var file = sides.Bundles[^1];
        var sound = await File.ReadAllBytesAsync(file);
        foreach (var place in new[] { 0, sound.Length - 1, random.Next(sound.Length), random.Next(sound.Length) })
        {
            var flipped = sound.ToArray();
            flipped[place] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(file, flipped);

            var result = await sides.Far.RunAsync("verify");

            Assert.True(result.ExitCode == 1, $"seed {Seed}: a flipped bit in byte {place} is not found");
            Assert.Contains("a/one: not sound\n", result.Output, StringComparison.Ordinal);
            Assert.Contains("b/two: sound", result.Output, StringComparison.Ordinal);
            Assert.Contains("error: a/one: bundle 2: ", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_bundle_that_is_gone_is_named_and_the_next_produce_makes_up_for_it()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        File.Delete(Assert.Single(sides.Bundles));

        var result = await sides.Far.RunAsync("verify", "--json");
        Assert.Equal((1, "missing-bundle"),
            (result.ExitCode, PartitionSides.JsonLine(result).GetProperty("error").GetProperty("reason").GetString()));
        Assert.StartsWith("ce/routy: updated to sequence 2 (full)", (await sides.ProduceAsync()).Output, StringComparison.Ordinal);
        await sides.ConsumeAsync();

        await sides.AssertEqualAsync();
    }

    [Fact]
    public async Task A_bad_bundle_is_named_with_its_object_and_after_the_healing_the_mirror_is_sound()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ProduceAsync();
        await sides.Source.CommitAsync("main", "a.txt", "two\n");
        await sides.ProduceAsync();
        var file = sides.Bundles[^1];
        var bytes = await File.ReadAllBytesAsync(file);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(file, bytes);

        var bad = await sides.Far.RunAsync("verify");

        var key = Path.GetRelativePath(sides.Bucket, file).Replace("~/", "", StringComparison.Ordinal);
        Assert.Equal(1, bad.ExitCode);
        Assert.Contains($"(object {key})", bad.Error, StringComparison.Ordinal);
        File.Delete(file);
        Assert.Equal(1, (await sides.Far.RunAsync("verify")).ExitCode);
        Assert.StartsWith("ce/routy: updated to sequence 3 (full)", (await sides.ProduceAsync()).Output, StringComparison.Ordinal);

        var healed = await sides.Far.RunAsync("verify");

        Assert.Equal(0, healed.ExitCode);
        Assert.StartsWith("ce/routy: sound up to sequence 3", healed.Output, StringComparison.Ordinal);
        Assert.Contains("warning: ce/routy: bundle 2 is gone from the bucket", healed.Error, StringComparison.Ordinal);
        await sides.ConsumeAsync();
        await sides.AssertEqualAsync();
    }

    private static async Task<PartitionSides> TwoMirrorsAsync()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.ConfigureAsync(
            PartitionSides.Entry("a/one", sides.Source, sides.Target),
            PartitionSides.Entry("b/two", sides.Source, await GitRepository.CreateAsync("target")));
        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);
        return sides;
    }
}
