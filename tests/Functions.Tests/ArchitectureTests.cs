using System.Reflection;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests;

/// <summary>The house as it is drawn: who may know whom. The four leaves do not know each other, only what their streams and
/// connections have in common, and the host knows Mirroring.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        // The composition root also names what it hands to Mirroring: remotes, later stores and forges.
        ["mirror"] = ["Mirror.Mirroring", "Mirror.Git", "Mirror.Age", "Mirror.Storage", "Mirror.Forges", "Mirror.Streams"],
        ["Mirror.Mirroring"] = ["Mirror.Git", "Mirror.Age", "Mirror.Storage", "Mirror.Forges", "Mirror.Streams"],
        ["Mirror.Git"] = ["Mirror.Streams"],
        ["Mirror.Age"] = ["Mirror.Streams"],
        ["Mirror.Storage"] = ["Mirror.Streams"],
        ["Mirror.Forges"] = [],
        ["Mirror.Streams"] = [],
    };

    // What only one room may use: the stores' SDKs below Storage, the vault's where secrets are read, YAML where the configuration is, the
    // terminal in the host.
    private static readonly Dictionary<string, string> Owners = new()
    {
        ["YamlDotNet"] = "Mirror.Mirroring",
        ["System.CommandLine"] = "mirror",
        ["Spectre.Console"] = "mirror",
        ["OpenTelemetry"] = "mirror",
        ["OpenTelemetry.Exporter.OpenTelemetryProtocol"] = "mirror",
        ["Azure.Security.KeyVault.Secrets"] = "Mirror.Mirroring",
        ["Azure.Storage.Blobs"] = "Mirror.Storage",
        ["AWSSDK.S3"] = "Mirror.Storage",
    };

    public static TheoryData<string> Rooms() =>
        [.. Arrows.Keys.Where(name => File.Exists(Path.Combine(AppContext.BaseDirectory, $"{name}.dll")))];

    [Fact]
    public void The_rooms_are_found() =>
        Assert.All(["mirror", "Mirror.Mirroring", "Mirror.Git"],
            room => Assert.True(File.Exists(Path.Combine(AppContext.BaseDirectory, $"{room}.dll")), room));

    [Theory]
    [MemberData(nameof(Rooms))]
    public void No_room_knows_another_that_the_drawing_does_not_show(string room)
    {
        var known = References(room).Where(name => name.StartsWith("Mirror.", StringComparison.Ordinal) || name == "mirror");

        Assert.Empty(known.Except(Arrows[room]));
    }

    [Theory]
    [MemberData(nameof(Rooms))]
    public void A_package_is_used_by_its_owner_alone(string room)
    {
        Assert.DoesNotContain(References(room), name => Owners.TryGetValue(name, out var owner) && owner != room);
    }

    /// <summary>They are the process's, made in Program and handed on: a class that kept them would keep those of another test.</summary>
    [Fact]
    public void No_class_keeps_the_secrets_of_the_process() =>
        Assert.DoesNotContain(typeof(Composition).Assembly.GetTypes().SelectMany(type => type.GetFields(AllStatic)),
            field => field.FieldType == typeof(SecretReader));

    private const BindingFlags AllStatic = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    private static IEnumerable<string> References(string room) =>
        Assembly.LoadFrom(Path.Combine(AppContext.BaseDirectory, $"{room}.dll"))
            .GetReferencedAssemblies().Select(reference => reference.Name!);
}
