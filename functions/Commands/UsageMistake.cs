using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>Describes a mistake in a command line in one sentence: the wrong word, and the most similar valid one.</summary>
/// <param name="redact">Replaces the secrets in a word.</param>
internal sealed partial class UsageMistake(Func<string, string> redact)
{
    private const int MaxQuotedSize = 80;

    /// <summary>Null if there is no mistake. Of several mistakes, the one that may cause the others.</summary>
    public string? Find(ParseResult parsed, IReadOnlyList<string> arguments)
    {
        var command = parsed.CommandResult.Command;
        var typed = arguments.TakeWhile(word => word != "--").ToList();
        return OneDash(typed, command)
            ?? UnknownCommand(parsed)
            ?? UnknownOption(parsed, typed, command)
            ?? Unexpected(parsed)
            ?? Missing(parsed, command)
            ?? parsed.Errors.Select(error => Reworded(error.Message)).FirstOrDefault();
    }

    public string UnknownCommand(string word, RootCommand root) =>
        $"unknown command {Quoted(word)}"
        + (Suggestion(word, root.Subcommands.Select(command => command.Name)) ?? ": mirror --help lists all");

    /// <summary>
    /// A long option with one dash. It would be parsed as the options -d, -r and so on, or as -c with the rest as its value.
    /// </summary>
    private string? OneDash(IEnumerable<string> typed, Command command) => typed
        .Where(word => word.Length > 2 && word[0] == '-' && word[1] != '-')
        .Select(word => (Word: word, Long: $"-{word.Split('=')[0]}"))
        .Where(each => LongOptions(command).Contains(each.Long))
        .Select(each => $"unknown option {Quoted(each.Word)}: did you mean '{each.Long}', with two dashes?").FirstOrDefault();

    /// <summary>A word like an option that is unknown, or was parsed as an argument. No folder or mirror has such a name.</summary>
    private string? UnknownOption(ParseResult parsed, IReadOnlyCollection<string> typed, Command command) =>
        parsed.UnmatchedTokens.Concat(command.Arguments.Select(parsed.GetResult).OfType<ArgumentResult>()
                .SelectMany(result => result.Tokens).Select(token => token.Value))
            .Where(word => word.Length > 1 && word[0] == '-' && typed.Contains(word))
            .Select(word => word.Split('=')[0])
            .Select(word => $"unknown option {Quoted(word)}{Suggestion($"--{word.TrimStart('-')}", LongOptions(command))}")
            .FirstOrDefault();

    /// <summary>Checked separately, since the options of an unknown command are unknown too.</summary>
    public string? UnknownCommand(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand root && parsed.UnmatchedTokens.FirstOrDefault(word => !word.StartsWith('-')) is { } word
            ? UnknownCommand(word, root)
            : null;

    private string? Unexpected(ParseResult parsed) =>
        parsed.UnmatchedTokens is [var word, ..] ? $"unexpected argument {Quoted(word)}" : null;

    private static string? Missing(ParseResult parsed, Command command)
    {
        var given = parsed.CommandResult.Children.OfType<ArgumentResult>().Where(result => result.Tokens.Count > 0)
            .Select(result => result.Argument).ToHashSet();
        var missing = command.Arguments.Where(argument =>
            argument.Arity.MinimumNumberOfValues > 0 && !argument.HasDefaultValue && !given.Contains(argument)).ToList();
        return missing.Count == 0 ? null : $"{command.Name} needs {string.Join(" and ", missing.Select(argument => argument.Name))}";
    }

    private static string Reworded(string message) =>
        CannotParse().Match(message) is { Success: true } match ? $"{match.Groups[2].Value}: '{match.Groups[1].Value}' is not a number"
        : WithoutValue().Match(message) is { Success: true } bare ? $"{bare.Groups[1].Value} needs a value"
        : message;

    private static string? Suggestion(string word, IEnumerable<string> known) =>
        Spelling.Nearest(word, known) is { } nearest ? $": did you mean '{nearest}'?" : null;

    private static List<string> LongOptions(Command command) =>
        [.. command.Options.Concat(command.Parents.SelectMany(parent => ((Command)parent).Options).Where(option => option.Recursive))
            .Select(option => option.Name)];

    /// <summary>Quotes a word, which may have a password in it.
    /// It is redacted before it is cut, since a part of a secret would not be found.</summary>
    private string Quoted(string word)
    {
        var shown = Printable.Line(UserInfo().Replace(redact(word), "//***@"));
        return $"'{(shown.Length > MaxQuotedSize ? $"{shown[..MaxQuotedSize]}…" : shown)}'";
    }

    // Up to the last @, since an unescaped one may be part of the password.
    [GeneratedRegex("//.*@")]
    private static partial Regex UserInfo();

    [GeneratedRegex("^Cannot parse argument '(.*)' for option '(.*)' as expected type 'System\\.(?:Nullable.*)?Int(?:32|64).*'")]
    private static partial Regex CannotParse();

    [GeneratedRegex("^Required argument missing for option: '(.*)'")]
    private static partial Regex WithoutValue();
}
