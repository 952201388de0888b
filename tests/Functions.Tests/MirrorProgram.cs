using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>The program itself, as a user runs it: a process of its own, with a home of its own.</summary>
internal sealed class MirrorProgram
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "mirror.dll");

    public string Directory { get; } = Scratch.NewFolder("work");

    public Dictionary<string, string?> Environment { get; } = [];

    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var command = new Command("dotnet", [Program, .. arguments])
        {
            Directory = Directory,
            Environment = new Dictionary<string, string?>(Environment) { ["HOME"] = Directory, ["DOTNET_NOLOGO"] = "1" },
        };
        return await command.TryRunAsync();
    }

    public Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(Directory, name), text);
}
