using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>What the real age and the real git make of the bundles in the bucket.</summary>
internal sealed class BundleProof(PartitionFixture fixture)
{
    /// <summary>
    /// A delta must be a bundle for the target as it is now; a full one must make a repository whose refs are those that the head names.
    /// </summary>
    public async Task ProveAsync(ChainEntry entry)
    {
        var file = await DecryptAsync(entry.Key);
        if (entry.Kind == BundleKind.Delta)
        {
            await fixture.Target.GitAsync("bundle", "verify", "--quiet", file);
            return;
        }
        var copy = await GitRepository.CreateAsync("copy", (await fixture.HeadAsync()).State.Format.Name);
        await copy.GitAsync("bundle", "verify", "--quiet", file);
        if ((await fixture.HeadAsync()).State.Refs.Count > 0)
        {
            await copy.GitAsync("fetch", "--quiet", file, "+refs/*:refs/*");
        }
        Assert.Equal(entry.RefsDigest,
            RefsDigest.Of((await copy.RefsAsync()).Select(found => new Ref(RefName.Parse(found.Key), ObjectId.Parse(found.Value)))));
        await copy.FsckAsync();
    }

    /// <summary>Decrypts an object with age, and gives the file.</summary>
    public async Task<string> DecryptAsync(string key)
    {
        var folder = Scratch.NewFolder("proof");
        var (identity, file) = (Path.Combine(folder, "key"), Path.Combine(folder, "bundle"));
        await File.WriteAllTextAsync(identity, fixture.Identity.ToText() + "\n");
        await new Command("age", "-d", "-i", identity, "-o", file) { Input = await fixture.ReadAsync(key) }.RunAsync();
        return file;
    }
}
