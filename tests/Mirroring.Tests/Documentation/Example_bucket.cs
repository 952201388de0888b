using System.Globalization;
using System.Security.Cryptography;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Documentation;

/// <summary>
/// docs/example, docs/format.md and docs/recovery.md agree byte by byte, and age, git and ssh-keygen agree with them.
/// <c>MIRROR_WRITE_DOCS=1 dotnet test tests/Mirroring.Tests --filter Example_bucket</c> makes the bucket anew and writes the pages.
/// </summary>
public sealed class Example_bucket
{
    [Fact]
    public async Task Is_what_the_pages_show()
    {
        var (format, recovery) = (FormatPage.FilePath, Path.Combine(Documents.Folder, "recovery.md"));
        if (Environment.GetEnvironmentVariable("MIRROR_WRITE_DOCS") == "1")
        {
            await ExampleBucket.WriteAsync();
            await File.WriteAllTextAsync(format, await FormatPage.AsTheFilesSayAsync(await File.ReadAllTextAsync(format)));
            await File.WriteAllTextAsync(recovery, await RecoveryPage.AsTheFilesSayAsync(await File.ReadAllTextAsync(recovery)));
        }

        var page = await File.ReadAllTextAsync(format);
        Assert.Equal(await FormatPage.AsTheFilesSayAsync(page), page);
        page = await File.ReadAllTextAsync(recovery);
        Assert.Equal(await RecoveryPage.AsTheFilesSayAsync(page), page);
    }

    [Fact]
    public async Task Holds_the_objects_that_its_head_names()
    {
        var head = await ExampleHead.ReadAsync();

        foreach (var entry in head.Entries)
        {
            var file = await File.ReadAllBytesAsync(ExampleBucket.PathOf(entry.GetProperty("key").GetString()!));
            Assert.Equal(entry.GetProperty("size").GetInt64(), file.Length);
            Assert.Equal(entry.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(file)));
        }
        Assert.Equal(head.Entries.Count + 1, Directory.GetFiles(ExampleBucket.Folder, "*.age", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task Has_a_head_that_ssh_keygen_takes_and_that_does_not_expire_for_ten_years()
    {
        var head = await ExampleHead.ReadAsync();
        var folder = Scratch.NewFolder("head");
        await File.WriteAllTextAsync(Path.Combine(folder, "head.sig"), head.Signature);
        await File.WriteAllTextAsync(Path.Combine(folder, "allowed"), $"producer {await File.ReadAllTextAsync(ExampleBucket.SignerFile)}");

        var verify = new Command("ssh-keygen", "-Y", "verify", "-f", "allowed", "-I", "producer", "-n", "mirror-head", "-s", "head.sig")
        { Directory = folder, Input = head.Json };
        Assert.Contains("Good \"mirror-head\" signature", await verify.RunAsync(), StringComparison.Ordinal);
        var expires = DateTimeOffset.Parse(head.Fields.GetProperty("expires").GetString()!, CultureInfo.InvariantCulture);
        Assert.True(expires > DateTimeOffset.UtcNow.AddYears(10), $"it expires on {expires:u}: make it anew");
    }

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    public async Task Is_recovered_by_the_script_of_the_page(string sequence)
    {
        var folder = Scratch.NewFolder("recovery");
        await File.WriteAllTextAsync(Path.Combine(folder, "recover.sh"), RecoveryPage.Script);
        string[] place = [ExampleBucket.Folder, ExampleBucket.Mirror, ExampleBucket.IdentityFile, ExampleBucket.SignerFile, "routy.git"];

        var told = await new Command("sh", ["recover.sh", .. place, sequence]) { Directory = folder }.RunAsync();

        Assert.Contains("bundle 1 (full) applied\n", told, StringComparison.Ordinal);
        var refs = await GitCommand.RunAsync(Path.Combine(folder, "routy.git"), "for-each-ref", "--format=%(refname)");
        Assert.Equal(sequence == "1" ? "refs/heads/main\nrefs/tags/v1" : "refs/heads/main", refs);
        Assert.Equal("refs/heads/main", await GitCommand.RunAsync(Path.Combine(folder, "routy.git"), "symbolic-ref", "HEAD"));
    }
}
