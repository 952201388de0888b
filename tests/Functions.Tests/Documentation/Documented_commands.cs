using Mirror.Functions.Commands;
using Mirror.Mirroring;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Documentation;

/// <summary>Every command that README.md and docs/ show is one that the program takes, and what needs no network runs.</summary>
public sealed class Documented_commands
{
    [Fact]
    public void Are_taken_by_the_program()
    {
        var commands = ShownCommands.All().ToList();

        Assert.True(commands.Count > 15, $"only {commands.Count} commands were found");
        Assert.All(commands, command => Assert.True(Mistake(command.Arguments) is null,
            $"{command.Place}: mirror {string.Join(' ', command.Arguments)}: {Mistake(command.Arguments)}"));
    }

    [Fact]
    public void In_sentences_and_tables_are_taken_by_the_program()
    {
        // Any command: what the table of README.md says of COMMAND holds for each.
        var commands = ShownCommands.Inline().Where(command => command.Arguments[0] != "COMMAND").ToList();

        Assert.True(commands.Count > 30, $"only {commands.Count} commands were found");
        Assert.All(commands, command => Assert.True(InlineMistake(command.Arguments) is null,
            $"{command.Place}: mirror {string.Join(' ', command.Arguments)}: {InlineMistake(command.Arguments)}"));
    }

    [Theory]
    [InlineData("verify --fulll", "--fulll")]
    [InlineData("statsu", "statsu")]
    [InlineData("status here", "here")]
    public void In_sentences_would_be_refused_with_a_slip(string command, string wrong) =>
        Assert.Contains(wrong, InlineMistake(command.Split(' ')), StringComparison.Ordinal);

    [Theory]
    [InlineData("mirror produce --fulll", "--fulll")]
    [InlineData("mirror prodce", "prodce")]
    [InlineData("*/5 * * * *  mirror produce -c near.yaml --quite >> /var/log/mirror.log", "--quite")]
    public void Would_be_refused_with_a_slip(string line, string wrong)
    {
        var words = Assert.Single(ShownCommands.Split(line));

        Assert.Contains(wrong, Mistake(words[(Array.IndexOf(words, "mirror") + 1)..]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("README.md", "dotnet run -c Release --project functions -- demo")]
    [InlineData("README.md", "git clone --bare . ")]
    [InlineData("docs/partition.md", "mirror keygen keys")]
    [InlineData("docs/recovery.md", "mirror verify -c mirror.yaml")]
    [InlineData("docs/format.md", "key=")]
    public async Task Run_where_no_network_is_needed(string page, string beginning)
    {
        var script = Documents.Blocks(page)
            .Single(block => block.Language == "sh" && block.Text.StartsWith(beginning, StringComparison.Ordinal)).Text;
        var program = new MirrorProgram();
        program.Environment["TMPDIR"] = program.Directory;
        await CopyExampleAsync(program);
        await GitCommand.RunAsync(program.Directory, "init", "--quiet");
        await GitCommand.RunAsync(program.Directory, "commit", "--quiet", "--allow-empty", "--message", "One");

        // What goes to a server is left out.
        var lines = script.Replace("/tmp/", $"{program.Directory}/", StringComparison.Ordinal)
            .Replace("dotnet run -c Release --project functions --", "mirror", StringComparison.Ordinal)
            .Split('\n').Where(line => !line.Contains("https://", StringComparison.Ordinal));
        var shell = program.Under("sh", ["-euc", $"mirror() {{ dotnet '{program.Program}' \"$@\"; }}\n{string.Join('\n', lines)}"]);
        var result = await shell.TryRunAsync();

        Assert.True(result.ExitCode == 0, $"{result.Output}\n{result.Error}");
    }

    /// <summary>What the program would answer, and do nothing.</summary>
    private static string? Mistake(string[] arguments) => new UsageMistake(word => word).Find(
        MirrorCommandLine.CreateRoot(new SecretReader(Environment.GetEnvironmentVariable)).Parse(arguments), arguments);

    /// <summary>The same, of a command that a sentence names without all that it needs.</summary>
    private static string? InlineMistake(string[] arguments) =>
        Mistake(arguments) is { } mistake && !mistake.Contains(" needs ", StringComparison.Ordinal) ? mistake : null;

    private static async Task CopyExampleAsync(MirrorProgram program) =>
        await new Command("cp", "-a", $"{Documents.Example}/.", program.Directory).RunAsync();
}
