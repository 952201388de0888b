using Mirror.Tests.Servers;

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
    [InlineData("forget")]
    [InlineData("help")]
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

        Assert.All((string[])["completion", "consume", "demo", "keygen", "produce", "restore", "status", "sync", "verify"],
            word => Assert.Contains(word, commands));
        string[] expected =
        [
            "--config", "--only", "--dry-run", "--watch", "--parallel", "--json", "--quiet", "--verbose", "--allow-mass-delete", "--full",
        ];
        Assert.All(expected, word => Assert.Contains(word, options));
    }

    [Fact]
    public async Task The_overview_has_one_line_for_each_command_and_no_examples()
    {
        var program = new MirrorProgram();
        var commands = (await program.RunAsync("[suggest:7]", "mirror ")).Output.Split('\n')
            .Where(word => word.Length > 0 && char.IsAsciiLetter(word[0]));

        var help = await program.RunAsync("--help");
        var same = await program.RunAsync("help");
        var nothing = await program.RunAsync();

        Assert.Equal((0, "", help.Output), (help.ExitCode, help.Error, same.Output));
        Assert.Equal((2, "", help.Output), (nothing.ExitCode, nothing.Output, nothing.Error));
        var listed = help.Output.Split('\n').Where(line => line.StartsWith("  ", StringComparison.Ordinal))
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]);
        Assert.Equal(commands.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
        Assert.All(help.Output.Split('\n'), line => Assert.InRange(line.Length, 0, 100));
    }

    [Fact]
    public async Task Help_is_a_command_too()
    {
        var program = new MirrorProgram();

        Assert.Equal((await program.RunAsync("produce", "--help")).Output, (await program.RunAsync("help", "produce")).Output);
        var unknown = await program.RunAsync("help", "prodcue");
        Assert.Equal(
            (2, "", "error: unknown command 'prodcue': did you mean 'produce'?\n"), (unknown.ExitCode, unknown.Output, unknown.Error));
    }

    [Theory]
    [InlineData("unknown command 'prodcue': did you mean 'produce'?", "prodcue", "--dry-run")]
    [InlineData("unknown command 'publish': mirror --help lists all", "publish")]
    [InlineData("unknown option '--jsno': did you mean '--json'?", "produce", "--jsno")]
    [InlineData("unknown option '--frobnicate'", "produce", "--frobnicate")]
    [InlineData("unknown option '--dry-rn': did you mean '--dry-run'?", "sync", "--dry-rn", "a", "b")]
    [InlineData("unknown option '-dry-run': did you mean '--dry-run', with two dashes?", "produce", "-dry-run")]
    [InlineData("unknown option '-json': did you mean '--json', with two dashes?", "produce", "-json")]
    [InlineData("unknown option '-config': did you mean '--config', with two dashes?", "produce", "-config", "x.yaml")]
    [InlineData("unknown option '--verison': did you mean '--version'?", "--verison")]
    [InlineData("unexpected argument 'https://***@host/c.git'", "sync", "a", "b", "https://me:secret@host/c.git")]
    [InlineData("unexpected argument 'https://***@host/c.git'", "sync", "a", "b", "https://me:s3cret@horse-battery@host/c.git")]
    [InlineData("unknown command 'prodce': did you mean 'produce'?", "prodce", "--help")]
    [InlineData("unknown command 'prodce': did you mean 'produce'?", "--help", "prodce")]
    [InlineData("restore needs NAME and TARGET", "restore")]
    [InlineData("restore needs TARGET", "restore", "ce/routy")]
    [InlineData("--parallel: 'many' is not a number", "produce", "--parallel", "many")]
    [InlineData("--only needs a value", "produce", "--only")]
    public async Task One_error_names_the_wrong_word_and_the_nearest_right_one(string error, params string[] arguments)
    {
        var result = await new MirrorProgram().RunAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Matches($"^error: {System.Text.RegularExpressions.Regex.Escape(error)}\nsee: mirror [a-z]*( )?--help\n$", result.Error);
    }

    [Fact]
    public async Task A_secret_in_a_word_that_is_too_long_to_show_is_not_shown_in_part()
    {
        const string Secret = "sv=2025-01-05&sig=Zm9yIGV5ZXMgb2YgdGhlIHRlc3QgYWxvbmU%3D";
        var program = new MirrorProgram { Environment = { ["AZURE_STORAGE_SAS_TOKEN"] = $"https://user:{Secret}@host/" } };

        var result = await program.RunAsync("sync", "a", "b", $"az://account/{new string('c', 40)}?{Secret}");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Equal($"error: unexpected argument 'az://account/{new string('c', 40)}?***'\nsee: mirror sync --help\n", result.Error);
    }

    [Fact]
    public async Task Fish_completes_commands_and_options()
    {
        var program = new MirrorProgram();
        await program.WriteAsync("mirror", $"#!/bin/sh\nexec dotnet '{program.Program}' \"$@\"\n");
        await new Command("chmod", "+x", program.PathOf("mirror")).RunAsync();
        program.Environment["PATH"] = $"{program.Directory}:{Environment.GetEnvironmentVariable("PATH")}";

        var fish = new Command("fish", "--no-config", "-c",
            "mirror completion fish | source; complete -C 'mirror prod'; complete -C 'mirror produce --dry'")
        {
            Directory = program.Directory,
            Environment = new Dictionary<string, string?>(program.Environment) { ["HOME"] = program.Directory },
        };

        Assert.Equal(["produce", "--dry-run"], (await fish.RunAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
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
