namespace Mirror.Functions.Tests;

/// <summary>What the program says of itself.</summary>
public sealed class HelpTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("keygen")]
    [InlineData("sync")]
    [InlineData("produce")]
    [InlineData("consume")]
    [InlineData("status")]
    [InlineData("verify")]
    [InlineData("restore")]
    [InlineData("completion")]
    public async Task The_help_of_each_command_has_an_example(string command)
    {
        var result = await new MirrorProgram().RunAsync(command, "--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var described = result.Output[..result.Output.IndexOf("Usage:", StringComparison.Ordinal)];
        Assert.Matches($@"(?m)^  (.*\W)?mirror {command}\b", described);
    }

    [Fact]
    public async Task The_shell_is_told_all_commands_and_the_options_of_each()
    {
        var program = new MirrorProgram();

        var commands = (await program.RunAsync("[suggest:7]", "mirror ")).Output.Split('\n');
        var options = (await program.RunAsync("[suggest:17]", "mirror produce --")).Output.Split('\n');

        Assert.All((string[])["completion", "consume", "demo", "keygen", "produce", "restore", "status", "sync", "verify"], word => Assert.Contains(word, commands));
        Assert.All((string[])["--config", "--only", "--dry-run", "--watch", "--parallel", "--json", "--quiet", "--verbose", "--allow-mass-delete", "--full"], word => Assert.Contains(word, options));
    }

    [Theory]
    [InlineData("status", "--quiet")]
    [InlineData("restore", "--watch", "5m")]
    [InlineData("restore", "only-a-name")]
    [InlineData("verify", "--dry-run")]
    [InlineData("demo", "--jsn")]
    [InlineData("keygen", "-v")]
    [InlineData("sync", "--dry-rnu", "./target.git")]
    [InlineData("produce", "SOURCE")]
    [InlineData("produce", "--full", "--watch", "5m")]
    [InlineData("consume", "--no-prune")]
    public async Task What_a_command_does_not_know_is_wrong_usage(params string[] arguments)
    {
        var program = new MirrorProgram();

        var result = await program.RunAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: ", result.Error, StringComparison.Ordinal);
        Assert.EndsWith($"\nsee: mirror {arguments[0]} --help\n", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(program.Directory));
    }

    [Theory]
    [InlineData("produce")]
    [InlineData("consume")]
    [InlineData("status")]
    [InlineData("verify")]
    public async Task Without_a_configuration_it_says_which_file_is_missing(string command)
    {
        var result = await new MirrorProgram().RunAsync(command);

        Assert.Equal((2, "", "error: mirror.yaml: no such file\n"), (result.ExitCode, result.Output, result.Error));
    }
}
