using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Mirroring.Tests.Partition;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Documentation;

/// <summary>docs/example: the bucket that docs/format.md shows byte by byte, and how it was made.</summary>
internal static class ExampleBucket
{
    public const string Mirror = "ce/routy";

    /// <summary>The age identity that everybody has; it stays the same when the bucket is made anew.</summary>
    public static string IdentityFile { get; } = Path.Combine(Documents.Example, "age.key");

    public static string SignerFile { get; } = Path.Combine(Documents.Example, "signing_ed25519.pub");

    private static string ConfigurationFile { get; } = Path.Combine(Documents.Example, "mirror.yaml");

    public static string Folder { get; } = Path.Combine(Documents.Example, "bucket");

    // The story's own days. The head of a bucket to practise on must not expire while there are readers.
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 14, 27, 33, TimeSpan.Zero);

    private static readonly ChainPolicy Lasting = new() { Expiry = TimeSpan.FromDays(36_525) };

    /// <summary>The file of an object, whose key is broken into folders where it is long.</summary>
    public static string PathOf(string key) =>
        Path.Combine(Folder, string.Join("~/", key.Chunk(200).Select(part => new string(part))));

    /// <summary>What the real age makes of an object.</summary>
    public static async Task<byte[]> DecryptAsync(string key) =>
        (await new Command("age", "-d", "-i", IdentityFile, PathOf(key)).TryRunAsync()) is { ExitCode: 0 } read
            ? read.Bytes
            : throw new InvalidOperationException($"age does not decrypt {key}");

    /// <summary>Makes the bucket anew, with a signing key that nobody keeps.</summary>
    public static async Task WriteAsync()
    {
        var fixture = new PartitionFixture
        {
            Name = Mirror,
            Source = await GitRepository.CreateAsync("source"),
            Target = await GitRepository.CreateAsync("target"),
            Identity = AgeIdentity.Parse((await File.ReadAllLinesAsync(IdentityFile))[^1]),
            Signing = SigningKey.Generate("mirror producer"),
            Policy = Lasting,
        };
        var request = fixture.ProduceRequest("refs/heads/master:refs/heads/main", "refs/tags/*");
        await fixture.Source.SetHeadAsync("master");
        var tip = await fixture.Source.CommitAsync("master", "README.md", "Routes\n");
        await fixture.Source.AnnotatedTagAsync("v1", tip);
        fixture.Time.Shift = Start - DateTimeOffset.UtcNow;
        PartitionFixture.AssertGood(await fixture.ProduceAsync(request));
        await fixture.Source.DeleteRefAsync("refs/tags/v1");
        fixture.Time.Shift += TimeSpan.FromMinutes(1);
        PartitionFixture.AssertGood(await fixture.ProduceAsync(request));

        Directory.Delete(Folder, recursive: true);
        foreach (var file in Directory.GetFiles(fixture.BucketPath, "*.age", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(Folder, Path.GetRelativePath(fixture.BucketPath, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
        var former = (await File.ReadAllTextAsync(SignerFile)).Trim();
        await File.WriteAllTextAsync(SignerFile, $"{fixture.Signing.VerifyingKey}\n");
        var configuration = await File.ReadAllTextAsync(ConfigurationFile);
        await File.WriteAllTextAsync(ConfigurationFile,
            configuration.Replace(former, fixture.Signing.VerifyingKey.ToString(), StringComparison.Ordinal));
    }
}
