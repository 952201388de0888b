using System.Text;
using System.Text.Json;
using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>Names that others choose write no lines of their own into what a command prints, and steer no terminal.</summary>
public sealed class ForgedLineTests
{
    // What git allows in the name of a branch: NEL, LINE SEPARATOR, CSI of C1, and an override that turns a line round.
    private const string Branch = "x\u0085forged\u2028forged\u009b2J\u202eforged";

    [Fact]
    public async Task A_junk_head_whose_name_has_lines()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();
        var name = JsonSerializer.Serialize(new { group = "ce", project_name = "x\nforged: sound up to sequence 9\u202e" });
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes(name)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
        await File.WriteAllTextAsync(Path.Combine(sides.Bucket, $"{key}.head.age"), "junk");
        await sides.Far.WriteAsync("accepting.yaml",
            $"{sides.Places}{sides.FarKeys}destination_base_url: {sides.Far.PathOf("targets")}\naccept: ['*', '*/*']\n");

        AssertHonest(await sides.Far.RunAsync("verify"), "ce/x | forged: sound up to sequence 9");
        AssertHonest(await sides.Far.RunAsync("verify", "--json"));
        foreach (var command in (string[])["consume", "status"])
        {
            AssertHonest(await sides.Far.RunAsync(command, "-c", "accepting.yaml"));
        }
    }

    [Fact]
    public async Task Refs_whose_names_end_lines_and_turn_them_round()
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.Source.SetRefAsync($"refs/heads/{Branch}", "main");
        await sides.Source.SetHeadAsync(Branch);
        await sides.Target.InstallHookAsync("update", $"case $1 in */x*) echo '{Branch}' >&2; exit 1;; esac");

        foreach (var json in (string[][])[[], ["--json"]])
        {
            // What went well is named in words alone.
            var done = json.Length == 0 ? "forged" : "";
            AssertHonest(await sides.ProduceAsync(["-v", .. json]), done);
            AssertHonest(await sides.ConsumeAsync(["-v", .. json]), "forged");
            // The table cuts an error after 100 characters, which the path of a repository may fill.
            AssertHonest(await sides.Far.RunAsync(["status", .. json]));
            AssertHonest(await sides.Far.RunAsync(["status", "-v", .. json]), "forged");
            AssertHonest(await sides.Far.RunAsync(["restore", "-v", PartitionSides.Name, $"./{json.Length}.git", .. json]), done);
            AssertHonest(await sides.Near.RunAsync(["sync", "-v", sides.Source.Path, sides.Target.Path, .. json]), "forged");
            AssertHonest(await sides.Far.RunAsync(["verify", .. json]));
            await sides.Source.CommitAsync("main", "a.txt", $"{json.Length} more\n");
        }
    }

    [Theory]
    [InlineData("verify", "no\nforged\u202e")]
    [InlineData("restore", "no\nforged\u202e", "./x.git")]
    [InlineData("restore", "ce/routy", "ssh://no\nforged\u202e/x.git")]
    [InlineData("sync", "./no\nforged\u202e", "./target.git")]
    [InlineData("produce", "--only", "no\nforged\u202e")]
    [InlineData("produce", "no\nforged\u202e")]
    public async Task What_is_typed(params string[] arguments)
    {
        var sides = await PartitionSides.CreateAsync();
        await sides.CarryAsync();

        AssertHonest(await (arguments[0] is "produce" ? sides.Near : sides.Far).RunAsync(arguments));
    }

    /// <param name="words">What must be there all the same.</param>
    private static void AssertHonest(CommandResult result, string words = "")
    {
        var text = result.Output + result.Error;
        Assert.Contains(words, text, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?m)^ *(error: )?forged", text);
        foreach (var line in text.Split('\n'))
        {
            Assert.Equal(Printable.Text(line), line);
        }
    }
}
