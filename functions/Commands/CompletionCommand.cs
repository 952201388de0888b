using System.CommandLine;

namespace Mirror.Functions.Commands;

/// <summary>Prints a shell's completion script. The words come from the description of the command line.</summary>
internal static class CompletionCommand
{
    private static readonly Dictionary<string, string> Scripts = new()
    {
        ["bash"] = """
            _mirror() {
              COMPREPLY=($(compgen -W "$(mirror "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
            }
            complete -o default -F _mirror mirror
            """,
        ["zsh"] = """
            _mirror() { compadd -- ${(f)"$(mirror "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)"} || _files }
            compdef _mirror mirror
            """,
        ["fish"] = """
            complete -c mirror -a '(mirror "[suggest:"(string length -- (commandline -cp))"]" (commandline -cp) 2>/dev/null)'
            """,
    };

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash, zsh or fish" };
        shell.AcceptOnlyFromAmong([.. Scripts.Keys]);
        var command = new Command("completion", """
            Prints the completion script of a shell.

            bash: source <(mirror completion bash)
            zsh:  source <(mirror completion zsh)
            fish: mirror completion fish | source
            """)
        {
            shell,
        };
        command.SetAction(parsed => Console.WriteLine(Scripts[parsed.GetRequiredValue(shell)]));
        return command;
    }
}
