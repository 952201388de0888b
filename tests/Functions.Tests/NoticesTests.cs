using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Mirror.Functions.Tests;

/// <summary>Whose code is published is said in what is published.</summary>
public sealed class NoticesTests
{
    // A part of the SDK that the build runs; nothing of it is published.
    private const string BuildOnly = "Microsoft.NET.ILLink.Tasks";

    [Fact]
    public void Every_package_of_the_program_has_its_notice()
    {
        var root = Root();
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "functions", "packages.lock.json")));
        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project" && package.Name != BuildOnly)
            .Select(package => $"{package.Name} {package.Value.GetProperty("resolved").GetString()}")
            .Distinct().ToList();

        var notices = File.ReadAllLines(Path.Combine(root, "THIRD-PARTY-NOTICES.txt"));

        Assert.NotEmpty(packages);
        Assert.True(!packages.Except(notices).Any(), $"run infra/notices: {string.Join(", ", packages.Except(notices))}");
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(here, "../../.."));
}
