using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Age.Tests;

/// <summary>Files that go from here to age(1), and the other way.</summary>
public class OracleTests
{
    public static TheoryData<int> Sizes => [0, 1, 15, 16, 17, 65535, 65536, 65537, 131071, 131072, 131073, 5_000_001];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Age_reads_what_we_write(int size)
    {
        var plaintext = Sealed.RandomBytes(seed: size, size);

        Assert.Equal(plaintext, await AgeCommand.DecryptAsync(await Sealed.EncryptAsync(plaintext), Sealed.Identity));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task We_read_what_age_writes(int size)
    {
        var plaintext = Sealed.RandomBytes(seed: size, size);
        var recipient = Sealed.Identity.Recipient.ToString();

        Assert.Equal(plaintext, await Sealed.DecryptAsync(await AgeCommand.EncryptAsync(plaintext, "-r", recipient)));
        Assert.Equal(plaintext, await Sealed.DecryptAsync(await AgeCommand.EncryptAsync(plaintext, "-a", "-r", recipient)));
    }

    [Fact]
    public async Task A_file_is_as_large_as_age_s()
    {
        var plaintext = new byte[200_000];

        Assert.Equal(
            (await AgeCommand.EncryptAsync(plaintext, "-r", Sealed.Identity.Recipient.ToString())).Length,
            (await Sealed.EncryptAsync(plaintext)).Length);
    }

    [Fact]
    public async Task Each_of_several_recipients_reads_it_in_both_directions()
    {
        AgeIdentity[] identities = [AgeIdentity.Generate(), AgeIdentity.Generate(), AgeIdentity.Generate()];
        var plaintext = Encoding.ASCII.GetBytes("for three");
        var ours = await Sealed.EncryptAsync(plaintext, [.. identities.Select(identity => identity.Recipient)]);
        var theirs = await AgeCommand.EncryptAsync(
            plaintext, [.. identities.SelectMany(identity => new[] { "-r", identity.Recipient.ToString() })]);

        foreach (var identity in identities)
        {
            Assert.Equal(plaintext, await AgeCommand.DecryptAsync(ours, identity));
            Assert.Equal(plaintext, await Sealed.DecryptAsync(ours, identity));
            Assert.Equal(plaintext, await Sealed.DecryptAsync(theirs, AgeIdentity.Generate(), identity));
        }
        Assert.NotEqual(0, (await AgeCommand.TryDecryptAsync(ours, AgeIdentity.Generate())).ExitCode);
    }

    [Fact]
    public async Task Age_refuses_what_was_not_completed()
    {
        using var destination = new MemoryStream();
        await using (var file = AgeFile.Encrypt(destination, [Sealed.Identity.Recipient]))
        {
            await file.WriteAsync(new byte[200_000]);
        }

        Assert.NotEqual(0, (await AgeCommand.TryDecryptAsync(destination.ToArray(), Sealed.Identity)).ExitCode);
    }

    [Fact]
    public async Task A_file_for_an_ssh_key_is_for_somebody_else()
    {
        var folder = Scratch.NewFolder("age");
        await new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", Path.Combine(folder, "id")).RunAsync();
        var file = await AgeCommand.EncryptAsync([1], "-R", Path.Combine(folder, "id.pub"));

        Assert.Equal(AgeFailure.NoIdentity, await Sealed.FailureAsync(file, "ssh recipient"));
    }

    [Fact]
    public async Task Age_keygen_and_we_agree_on_keys()
    {
        var written = await AgeCommand.GenerateAsync();
        var theirs = Assert.Single(AgeIdentity.ParseFile(written));
        var ours = AgeIdentity.Generate();

        Assert.Contains($"# public key: {theirs.Recipient}\n", written, StringComparison.Ordinal);
        Assert.Contains($"{theirs.ToText()}\n", written, StringComparison.Ordinal);
        Assert.Equal(
            $"{ours.Recipient}\n", await new Command("age-keygen", "-y", AgeCommand.KeyFile($"# ours\n\n{ours.ToText()}\n")).RunAsync());
    }
}
