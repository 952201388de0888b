using Mirror.Tests.Servers;

namespace Mirror.Age.Tests.Signatures;

/// <summary>The real ssh-keygen: the oracle of the tests.</summary>
internal static class SshKeygen
{
    /// <summary>A new key without a passphrase: where it is. The public half is beside it.</summary>
    public static async Task<string> GenerateAsync(string type = "ed25519", string passphrase = "")
    {
        var path = Path.Combine(Scratch.NewFolder("ssh"), "id");
        await new Command("ssh-keygen", "-q", "-t", type, "-N", passphrase, "-C", "a comment", "-f", path).RunAsync();
        return path;
    }

    /// <summary>Writes a private key as ssh-keygen wants to find it: for its owner alone.</summary>
    public static string KeyFile(string text)
    {
        var path = Path.Combine(Scratch.NewFolder("ssh"), "id");
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        return path;
    }

    public static async Task<string> SignAsync(string key, byte[] message, string ns, string hash) =>
        await new Command("ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", ns, "-O", $"hashalg={hash}") { Input = message }.RunAsync();

    /// <summary>Whether ssh-keygen finds that the key signed the message.</summary>
    public static async Task<CommandResult> VerifyAsync(string signature, byte[] message, string ns, string publicKey)
    {
        var folder = Scratch.NewFolder("ssh");
        var (signers, file) = (Path.Combine(folder, "allowed_signers"), Path.Combine(folder, "message.sig"));
        await File.WriteAllTextAsync(signers, $"producer {publicKey}\n");
        await File.WriteAllTextAsync(file, signature);
        string[] arguments = ["-Y", "verify", "-f", signers, "-I", "producer", "-n", ns, "-s", file];
        return await new Command("ssh-keygen", arguments) { Input = message }.TryRunAsync();
    }
}
