namespace Mirror.Tests.Servers;

/// <summary>The real git: the oracle of most tests.</summary>
public static class GitCommand
{
    public static Command Of(params string[] arguments) => new("git", arguments);

    /// <summary>Runs git in <paramref name="directory"/> and returns its stdout without the last line's end.</summary>
    public static async Task<string> RunAsync(string directory, params string[] arguments) =>
        (await new Command("git", arguments) { Directory = directory }.RunAsync()).TrimEnd('\n');
}
