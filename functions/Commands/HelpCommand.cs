using System.CommandLine;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror help [COMMAND]</c>: the same as <c>--help</c>, for users who expect it as a command.</summary>
internal static class HelpCommand
{
    public static Command Create(RootCommand root, SecretReader secrets)
    {
        var name = new Argument<string?>("COMMAND") { Description = "which command", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("help", """
            Shows the options and examples of a command, or all commands.

            mirror help
            mirror help produce
            """)
        {
            name,
        };
        command.SetAction(parsed => parsed.GetValue(name) is not { } word ? root.Parse(["--help"]).Invoke()
            : root.Subcommands.Any(each => each.Name == word) ? root.Parse([word, "--help"]).Invoke()
            : throw new UsageException(new UsageMistake(secrets.Redact).UnknownCommand(word, root)));
        return command;
    }
}
