using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>Whose code is published is said in what is published.</summary>
public sealed class NoticesTests
{
    // A part of the SDK that the build runs; nothing of it is published.
    private const string BuildOnly = "Microsoft.NET.ILLink.Tasks";

    [Fact]
    public void Every_package_of_the_program_has_its_notice()
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(Path.Combine(Documents.Root, "functions", "packages.lock.json")));
        var packages = locked.RootElement.GetProperty("dependencies").EnumerateObject()
            .SelectMany(framework => framework.Value.EnumerateObject())
            .Where(package => package.Value.GetProperty("type").GetString() != "Project" && package.Name != BuildOnly)
            .Select(package => $"{package.Name} {package.Value.GetProperty("resolved").GetString()}")
            .Distinct().ToList();

        var notices = File.ReadAllLines(Path.Combine(Documents.Root, "THIRD-PARTY-NOTICES.txt"));

        Assert.NotEmpty(packages);
        Assert.True(!packages.Except(notices).Any(), $"run infra/notices: {string.Join(", ", packages.Except(notices))}");
    }
}
