using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>
/// Both sides of a partition, for one mirror called ce/routy: each in a folder of its own with its own keys and its own state, and a
/// bucket between them, which is all that they share.
/// </summary>
internal sealed class PartitionSides
{
    public const string Name = "ce/routy";

    private PartitionSides(GitRepository source, GitRepository target) => (Source, Target) = (source, target);

    public MirrorProgram Near { get; } = new();

    public MirrorProgram Far { get; } = new();

    public string Bucket { get; } = Scratch.NewFolder("bucket");

    public GitRepository Source { get; }

    public GitRepository Target { get; }

    /// <summary>The age public key of the far side.</summary>
    public string Recipient { get; private set; } = "";

    /// <summary>The line of the near side's public signing key.</summary>
    public string Signer { get; private set; } = "";

    /// <summary>The bundles in the bucket, oldest first.</summary>
    public IReadOnlyList<string> Bundles =>
        [.. Directory.EnumerateFiles(Bucket, "*.bundle.age", SearchOption.AllDirectories).OrderBy(File.GetLastWriteTimeUtc)];

    /// <summary>Two repositories, the source with a commit, and two configurations.</summary>
    public static async Task<PartitionSides> CreateAsync()
    {
        var sides = new PartitionSides(await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        // Something to weigh: deltas that outweigh half of their full bundle would be followed by a new one.
        var filler = Convert.ToBase64String(RandomBytes(seed: 1, 20_000));
        await sides.Source.CommitAsync("main", [("filler", filler), ("a.txt", "one\n")]);
        await sides.MakeKeysAsync();
        await sides.ConfigureAsync(Entry(Name, sides.Source, sides.Target));
        return sides;
    }

    public Task<CommandResult> ProduceAsync(params string[] options) => Near.RunAsync(["produce", .. options]);

    public Task<CommandResult> ConsumeAsync(params string[] options) => Far.RunAsync(["consume", .. options]);

    /// <summary>Carries what is at the source to the target, and fails the test if that fails.</summary>
    public async Task CarryAsync()
    {
        foreach (var result in new[] { await ProduceAsync(), await ConsumeAsync() })
        {
            Assert.True(result.ExitCode == 0, result.Output + result.Error);
        }
    }

    /// <summary>The same list for both sides.</summary>
    public async Task ConfigureAsync(params string[] entries)
    {
        var mirrors = string.Concat(entries.Prepend("mirrors:\n"));
        await Near.WriteAsync("mirror.yaml", $"{Places}{NearKeys}{mirrors}");
        await Far.WriteAsync("mirror.yaml", $"{Places}{FarKeys}{mirrors}");
    }

    public string Places => $"store: {Bucket}\nstate: ./state\n";

    public string NearKeys => $"age: {{ recipients: [{Recipient}] }}\nsigning: {{ key: file:signing_ed25519 }}\n";

    public string FarKeys => $"age: {{ identities: [file:age.key] }}\nsigning: {{ trusted: [\"{Signer}\"] }}\n";

    public static string Entry(string name, GitRepository source, GitRepository target) => Entry(name, source.Path, target.Path);

    public static string Entry(string name, string source, string target) =>
        $"  - {{ name: {name}, source: {source}, destination: {target} }}\n";

    public async Task AssertEqualAsync()
    {
        Assert.Equal(await Source.RefsAsync(), await Target.RefsAsync());
        await Target.FsckAsync();
    }

    /// <summary>The one line of JSON that a command printed.</summary>
    public static JsonElement JsonLine(CommandResult result) =>
        JsonDocument.Parse(Assert.Single(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;

    public static byte[] RandomBytes(int seed, int size)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    private async Task MakeKeysAsync()
    {
        Assert.Equal(0, (await Near.RunAsync("keygen")).ExitCode);
        File.Move(Near.PathOf("age.key"), Far.PathOf("age.key"));
        Signer = (await File.ReadAllTextAsync(Near.PathOf("signing_ed25519.pub"))).Trim();
        Recipient = (await new Command("age-keygen", "-y", Far.PathOf("age.key")).RunAsync()).Trim();
        var identity = (await File.ReadAllLinesAsync(Far.PathOf("age.key")))
            .Single(line => line.StartsWith("AGE-SECRET-KEY-1", StringComparison.Ordinal));
        var privateLines = (await File.ReadAllLinesAsync(Near.PathOf("signing_ed25519"))).Where(line => !line.StartsWith('-')).Skip(1);
        foreach (var program in new[] { Near, Far })
        {
            program.Secrets.AddRange([identity, .. privateLines]);
        }
    }
}
