using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>The program itself, as a user runs it: a process of its own, with a home of its own.</summary>
internal sealed class MirrorProgram
{
    /// <summary>Where it lies, with all that it needs.</summary>
    public string Program { get; set; } = Path.Combine(AppContext.BaseDirectory, "mirror.dll");

    public string Directory { get; } = Scratch.NewFolder("work");

    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>What may appear in nothing that it prints.</summary>
    public List<string> Secrets { get; } = [];

    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        var result = await Command("dotnet", [Program, .. arguments]).TryRunAsync();
        Assert.All(Secrets, secret => Assert.DoesNotContain(secret, result.Output + result.Error, StringComparison.Ordinal));
        return result;
    }

    /// <summary>The program as what another one starts: with the same folder and environment.</summary>
    public Command Under(string program, string[] options, params string[] arguments) =>
        Command(program, [.. options, "dotnet", Program, .. arguments]);

    /// <summary>A copy of the program without what some libraries are in, to see that it does not need them.</summary>
    public string CopyWithout(params string[] names)
    {
        var (folder, copy) = (Path.GetDirectoryName(Program)!, Scratch.NewFolder("program"));
        // Without the list of dependencies, which must all be there: so what lies beside the program is taken.
        var files = System.IO.Directory.EnumerateFiles(folder)
            .Where(file => Path.GetExtension(file) is ".dll" || file.EndsWith("mirror.runtimeconfig.json", StringComparison.Ordinal));
        foreach (var file in files)
        {
            if (!names.Any(name => Path.GetFileName(file).StartsWith(name, StringComparison.Ordinal)))
            {
                File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
            }
        }
        return Path.Combine(copy, "mirror.dll");
    }

    public Task WriteAsync(string name, string text) => File.WriteAllTextAsync(PathOf(name), text);

    public Task<string> ReadAsync(string name) => File.ReadAllTextAsync(PathOf(name));

    public string PathOf(string name) => Path.Combine(Directory, name);

    private Command Command(string program, string[] arguments) => new(program, arguments)
    {
        Directory = Directory,
        Environment = new Dictionary<string, string?>(Environment) { ["HOME"] = Directory, ["DOTNET_NOLOGO"] = "1" },
    };
}
