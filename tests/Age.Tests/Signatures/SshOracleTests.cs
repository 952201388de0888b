using Mirror.Age.Signatures;
using Mirror.Tests.Servers;

namespace Mirror.Age.Tests.Signatures;

/// <summary>Keys and signatures that go from here to ssh-keygen(1), and the other way.</summary>
public class SshOracleTests
{
    public static TheoryData<int> Sizes => [0, 1, 1000, 1_000_000];

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task Ssh_keygen_believes_what_we_sign(int size)
    {
        var message = Sealed.RandomBytes(seed: size, size);
        var key = SigningKey.Generate("producer@example.invalid");
        var signature = key.Sign(message, "mirror-head");

        var verified = await SshKeygen.VerifyAsync(signature, message, "mirror-head", key.VerifyingKey.ToString());

        Assert.True(verified.ExitCode == 0, verified.Error);
        Assert.NotEqual(0, (await SshKeygen.VerifyAsync(signature, [.. message, 0], "mirror-head", key.VerifyingKey.ToString())).ExitCode);
        Assert.NotEqual(0, (await SshKeygen.VerifyAsync(signature, message, "file", key.VerifyingKey.ToString())).ExitCode);
    }

    [Theory]
    [InlineData("sha512")]
    [InlineData("sha256")]
    public async Task We_believe_what_ssh_keygen_signs(string hash)
    {
        var path = await SshKeygen.GenerateAsync();
        var key = VerifyingKey.Parse(await File.ReadAllTextAsync($"{path}.pub"));
        var message = Sealed.RandomBytes(seed: 1, 1000);

        var signer = SshSignature.Verify(await SshKeygen.SignAsync(path, message, "mirror-head", hash), message, "mirror-head", [key]);

        Assert.Same(key, signer);
    }

    [Fact]
    public async Task One_key_signs_to_the_same_letter_here_and_there()
    {
        var path = await SshKeygen.GenerateAsync();
        var message = Sealed.RandomBytes(seed: 2, 100);

        Assert.Equal(
            await SshKeygen.SignAsync(path, message, "mirror-head", "sha512"),
            SigningKey.Parse(await File.ReadAllTextAsync(path)).Sign(message, "mirror-head"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("a comment of several wörds")]
    public async Task Ssh_keygen_reads_the_keys_that_we_make(string comment)
    {
        var key = SigningKey.Generate(comment);
        var path = SshKeygen.KeyFile(key.ToOpenSsh());

        Assert.Equal(key.VerifyingKey, VerifyingKey.Parse(await new Command("ssh-keygen", "-y", "-f", path).RunAsync()));
        Assert.Contains(
            key.VerifyingKey.Fingerprint, await new Command("ssh-keygen", "-l", "-f", path).RunAsync(), StringComparison.Ordinal);
        Assert.Equal(comment, SigningKey.Parse(key.ToOpenSsh()).VerifyingKey.Comment);
    }

    [Fact]
    public async Task We_read_the_keys_that_ssh_keygen_makes()
    {
        var path = await SshKeygen.GenerateAsync();
        var text = await File.ReadAllTextAsync(path);
        var line = await File.ReadAllTextAsync($"{path}.pub");

        Assert.Equal(line, $"{SigningKey.Parse(text).VerifyingKey}\n");
        Assert.Equal(line, $"{SigningKey.Parse(text.Replace("\n", "\r\n", StringComparison.Ordinal)).VerifyingKey}\n");
        Assert.Equal(line, $"{SigningKey.Parse(text.TrimEnd()).VerifyingKey}\n");
        Assert.Equal(line, $"{VerifyingKey.Parse(line)}\n");
    }

    [Fact]
    public async Task A_passphrase_is_refused_in_words_with_the_next_step()
    {
        var text = await File.ReadAllTextAsync(await SshKeygen.GenerateAsync(passphrase: "secret words"));

        Assert.Contains("ssh-keygen -p", Assert.Throws<AgeKeyException>(() => SigningKey.Parse(text)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ecdsa")]
    [InlineData("rsa")]
    public async Task Another_type_is_refused_in_words_and_its_signatures_are_not_trusted(string type)
    {
        var path = await SshKeygen.GenerateAsync(type);
        var signature = await SshKeygen.SignAsync(path, [1], "mirror-head", "sha512");
        var fingerprint = (await new Command("ssh-keygen", "-l", "-f", path).RunAsync()).Split(' ')[1];

        Assert.Contains("not of the type ssh-ed25519", Fails(() => SigningKey.Parse(File.ReadAllText(path))), StringComparison.Ordinal);
        Assert.Contains(
            "other types are not supported", Fails(() => VerifyingKey.Parse(File.ReadAllText($"{path}.pub"))), StringComparison.Ordinal);
        var failure = Assert.Throws<SignatureException>(
            () => SshSignature.Verify(signature, [1], "mirror-head", [SigningKey.Generate("").VerifyingKey]));
        Assert.Equal(SignatureFailure.Untrusted, failure.Failure);
        Assert.Contains(fingerprint, failure.Message, StringComparison.Ordinal);
    }

    private static string Fails(Action parse) => Assert.Throws<AgeKeyException>(parse).Message;
}
