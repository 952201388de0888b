using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror demo</c>: it works anywhere, and what it shows is what anybody can do again.</summary>
public sealed class DemoCommandTests
{
    [Fact]
    public async Task It_ends_with_age_and_git_recovering_and_its_commands_run_again()
    {
        var program = new MirrorProgram();

        var result = await program.RunAsync("demo", "try");

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Output.Split("The target's refs are the source's.").Length - 1);
        var folder = program.PathOf("try");
        Assert.Equal(await RefsAsync(folder, "source"), await RefsAsync(folder, "recovered.git"));
        Assert.EndsWith(
            $"\nAll of it is in {folder}; mirror.yaml there is a configuration to begin with.\n", result.Output, StringComparison.Ordinal);

        var fifth = result.Output[result.Output.IndexOf("\n5. Without mirror: ", StringComparison.Ordinal)..];
        var commands = fifth.Split('\n').Where(line => line.StartsWith("$ ", StringComparison.Ordinal)).Select(line => line[2..]).ToList();
        Assert.All(commands, command => Assert.Matches("^(age|git) ", command));
        Directory.Delete(Path.Combine(folder, "recovered.git"), recursive: true);
        byte[] script = [.. string.Join('\n', commands).Select(c => (byte)c)];
        var again = await new Command("sh", "-e") { Directory = folder, Input = script }.RunAsync();
        Assert.Contains($"\n{again}\n", fifth, StringComparison.Ordinal);
        Assert.Equal(await RefsAsync(folder, "source"), await RefsAsync(folder, "recovered.git"));
    }

    [Fact]
    public async Task Its_configuration_works_on_and_no_key_is_shown()
    {
        var program = new MirrorProgram();
        var told = await program.RunAsync("demo", ".");
        var identity = (await File.ReadAllLinesAsync(program.PathOf("keys/age.key")))[^1];
        Assert.DoesNotContain(identity, told.Output + told.Error, StringComparison.Ordinal);

        foreach (var command in new[] { "produce", "consume", "status", "verify" })
        {
            Assert.Contains($"\n$ mirror {command}\n", told.Output, StringComparison.Ordinal);
            Assert.Equal(0, (await program.RunAsync(command)).ExitCode);
        }
    }

    [Fact]
    public async Task A_folder_with_something_in_it_is_left_alone()
    {
        var program = new MirrorProgram();
        await program.WriteAsync("mine", "");

        var result = await program.RunAsync("demo", ".");

        Assert.Equal((2, "", $"error: demo: {program.Directory} is not empty\n"), (result.ExitCode, result.Output, result.Error));
        Assert.Equal(program.PathOf("mine"), Assert.Single(Directory.GetFileSystemEntries(program.Directory)));
    }

    private static Task<string> RefsAsync(string folder, string repository) =>
        new Command("git", "-C", repository, "for-each-ref", "--format=%(refname) %(objectname)") { Directory = folder }.RunAsync();
}
