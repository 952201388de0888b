using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror keygen</c>, with age-keygen and ssh-keygen as judges of what it makes.</summary>
public sealed class KeygenCommandTests
{
    [Fact]
    public async Task The_keys_are_those_that_age_and_ssh_make()
    {
        var program = new MirrorProgram();

        var result = await program.RunAsync("keygen", "keys");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        var recipient = (await new Command("age-keygen", "-y", program.PathOf("keys/age.key")).RunAsync()).Trim();
        var signer = (await File.ReadAllTextAsync(program.PathOf("keys/signing_ed25519.pub"))).Trim();
        Assert.Equal(signer, (await new Command("ssh-keygen", "-y", "-f", program.PathOf("keys/signing_ed25519")).RunAsync()).Trim());
        Assert.Equal($"""
            # near side, for mirror produce
            age:
              recipients: [{recipient}]
            signing:
              key: file:keys/signing_ed25519

            # far side, for mirror consume
            age:
              identities: [file:keys/age.key]
            signing:
              trusted: ["{signer}"]

            """, result.Output);
    }

    [Fact]
    public async Task Only_the_owner_can_read_what_is_secret()
    {
        var program = new MirrorProgram();

        await program.RunAsync("keygen");

        var stat = new Command("stat", "--format=%a", "age.key", "signing_ed25519", "signing_ed25519.pub");
        var modes = await (stat with { Directory = program.Directory }).RunAsync();
        Assert.Equal("600\n600\n644\n", modes);
    }

    [Theory]
    [InlineData("age.key")]
    [InlineData("signing_ed25519")]
    [InlineData("signing_ed25519.pub")]
    public async Task Nothing_is_overwritten_and_no_half_a_set_is_made(string file)
    {
        var program = new MirrorProgram();
        await program.WriteAsync(file, "mine\n");

        var result = await program.RunAsync("keygen");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.EndsWith($"{file} already exists: name another folder, or move it away\n", result.Error, StringComparison.Ordinal);
        Assert.Equal("mine\n", await File.ReadAllTextAsync(Assert.Single(Directory.GetFiles(program.Directory))));
    }

    [Theory]
    [InlineData("keygen")]
    [InlineData("demo")]
    public async Task A_folder_that_cannot_be_made_is_wrong_usage(string command)
    {
        var program = new MirrorProgram();
        await program.WriteAsync("file", "");

        var result = await program.RunAsync(command, "file/below");

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith($"error: {command}: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
