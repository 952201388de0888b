using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Mirror.Functions.Commands;

/// <summary>The output of <c>mirror --help</c>: one line for each command.
/// Options and examples are in the help of each command.</summary>
internal static class CommandOverview
{
    private const int NameWidth = 12;

    private static readonly (string Title, (string Command, string What)[] Commands)[] Groups =
    [
        ("Begin", [
            ("demo", "show the whole loop in a new folder, with no account and no configuration"),
            ("keygen", "make the keys for the two sides of a partition"),
        ]),
        ("Keep repositories in step", [
            ("sync", "bring targets in step with sources that can both be reached"),
            ("produce", "write what is new at the sources into a bucket, encrypted and signed"),
            ("consume", "bring targets in step with what a bucket says"),
        ]),
        ("Look and repair", [
            ("status", "show what this side knows of each mirror: chain, last proof, lag, last error"),
            ("verify", "check a bucket: signatures, digests, complete chains, whole packs"),
            ("restore", "rebuild a repository from a bucket and the keys alone"),
            ("forget", "retire a mirror: its ledgers at once, its objects after the retention time"),
        ]),
        ("More", [
            ("serve", "serve an Azure Functions host, which starts it"),
            ("completion", "print the completion script of a shell"),
            ("help", "show the options and examples of a command"),
        ]),
    ];

    public static string Text => string.Join('\n',
    [
        "Keeps Git repositories in step across places, without a local copy of any of them.",
        "",
        "Usage: mirror COMMAND [options]",
        .. Groups.SelectMany(group => group.Commands
            .Select(each => $"  {each.Command.PadRight(NameWidth)}{each.What}").Prepend($"\n{group.Title}:")),
        "",
        "mirror help COMMAND shows the options and examples of a command; mirror --version, the version.",
    ]);

    /// <summary>Shows the overview if help is requested without a command. The help of a command is unchanged.</summary>
    public static void AddTo(RootCommand root)
    {
        // Without the Windows forms /h and /?, which completion would offer as words.
        root.Options.Remove(root.Options.OfType<HelpOption>().Single());
        var help = new HelpOption("--help", "-h") { Description = "show this help", Recursive = true };
        help.Action = new ShowHelp(root, (HelpAction)help.Action!);
        root.Options.Add(help);
    }

    internal sealed class ShowHelp(RootCommand root, HelpAction ofCommand) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            if (parseResult.CommandResult.Command != root)
            {
                return ofCommand.Invoke(parseResult);
            }
            Console.WriteLine(Text);
            return ExitStatus.Done;
        }
    }
}
