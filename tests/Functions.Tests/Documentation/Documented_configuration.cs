using System.Text.RegularExpressions;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Documentation;

/// <summary>The file of docs/configuration.md with every key in it is one that every command takes.</summary>
public sealed partial class Documented_configuration
{
    [Theory]
    [InlineData("sync")]
    [InlineData("produce")]
    [InlineData("consume")]
    public async Task With_every_key_is_taken(string command)
    {
        var program = new MirrorProgram();
        Assert.Equal(0, (await program.RunAsync("keygen", "keys")).ExitCode);
        await program.WriteAsync("far.key", await program.ReadAsync("keys/age.key"));
        await program.WriteAsync("producer_ed25519", await program.ReadAsync("keys/signing_ed25519"));
        await program.WriteAsync("github.token", "no-such-token");
        await program.WriteAsync("mirror.yaml", Offline(EveryKey()));
        program.Environment["GITLAB_TOKEN"] = "no-such-token";
        program.Environment["PING_URL"] = "https://ping.invalid/no-such-key";

        var result = await program.RunAsync(command, "--dry-run");

        // There is nothing at the end of any path, so each mirror fails; the file and its keys are as they should be.
        Assert.True(result.ExitCode == 1, $"{result.ExitCode}: {result.Output}{result.Error}");
    }

    [Fact]
    public async Task That_sync_cannot_follow_is_refused_with_the_value()
    {
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", "mirrors: [{ source: ./a.git, destination: ./b.git, diverged: refuse }]\n");

        var result = await program.RunAsync("sync", "--dry-run");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains("diverged: refuse", result.Error, StringComparison.Ordinal);
    }

    private static string EveryKey() =>
        Documents.Blocks("docs/configuration.md")
            .Single(block => block.Text.Contains("\ndefaults: {", StringComparison.Ordinal)).Text;

    /// <summary>The same file, with folders that are not there in place of servers.</summary>
    private static string Offline(string yaml) =>
        Remote().Replace(yaml.Replace("s3://transfer/prefix?region=eu-west-1", "./bucket", StringComparison.Ordinal), "${key} ./nowhere/");

    [GeneratedRegex("(?<key>(source|destination|source_base_url|destination_base_url):) https://")]
    private static partial Regex Remote();
}
