using Mirror.Tests.Servers;

namespace Mirror.Age.Tests;

/// <summary>The real age: the oracle of the tests.</summary>
internal static class AgeCommand
{
    /// <summary>What age-keygen writes: comments and one identity.</summary>
    public static async Task<string> GenerateAsync() => await new Command("age-keygen").RunAsync();

    public static async Task<byte[]> EncryptAsync(byte[] plaintext, params string[] arguments) =>
        (await RunAsync(new Command("age", arguments) { Input = plaintext })).Bytes;

    public static async Task<byte[]> DecryptAsync(byte[] file, AgeIdentity identity) =>
        (await TryDecryptAsync(file, identity)) is { ExitCode: 0 } result
            ? result.Bytes
            : throw new InvalidOperationException("age -d failed");

    public static Task<CommandResult> TryDecryptAsync(byte[] file, AgeIdentity identity) =>
        new Command("age", "--decrypt", "--identity", KeyFile(identity.ToText())) { Input = file }.TryRunAsync();

    /// <summary>A new file with this text.</summary>
    public static string KeyFile(string text)
    {
        var path = Path.Combine(Scratch.NewFolder("age"), "key.txt");
        File.WriteAllText(path, text);
        return path;
    }

    private static async Task<CommandResult> RunAsync(Command command) =>
        await command.TryRunAsync() is { ExitCode: 0 } result ? result : throw new InvalidOperationException($"{command} failed");
}
