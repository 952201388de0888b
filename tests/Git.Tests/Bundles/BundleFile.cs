using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Bundles;

/// <summary>Bundles as files, for git; and in memory, for us.</summary>
internal static class BundleFile
{
    /// <summary>Writes a header of ours and a pack behind it; returns the file's path.</summary>
    public static async Task<string> WriteAsync(BundleHeader header, byte[] pack)
    {
        var path = Path.Combine(Scratch.NewFolder("bundle"), "b");
        await File.WriteAllBytesAsync(path, await BytesAsync(header, pack));
        return path;
    }

    public static async Task<byte[]> BytesAsync(BundleHeader header, byte[] pack)
    {
        using var bundle = new MemoryStream();
        await header.WriteAsync(bundle, CancellationToken.None);
        bundle.Write(pack);
        return bundle.ToArray();
    }

    /// <summary>A bundle of git's own making.</summary>
    public static async Task<byte[]> CreateAsync(GitRepository repository, params string[] arguments)
    {
        var path = Path.Combine(Scratch.NewFolder("bundle"), "b");
        await repository.GitAsync(
            ["bundle", "create", "--quiet", .. arguments.TakeWhile(IsOption), path, .. arguments.SkipWhile(IsOption)]);
        return await File.ReadAllBytesAsync(path);
    }

    /// <summary>All that a repository's refs reach, as git packs it.</summary>
    public static async Task<byte[]> PackAllAsync(GitRepository repository)
    {
        var refs = await repository.RefsAsync();
        return await PackAsync(repository, [.. refs.Values]);
    }

    /// <summary>What these revisions reach, as git packs it: <c>^id</c> takes away what the other side has.</summary>
    public static async Task<byte[]> PackAsync(GitRepository repository, params string[] revisions)
    {
        var pack = new Command("git", "pack-objects", "--revs", "--stdout", "--thin", "--quiet")
        {
            Directory = repository.Path,
            Input = Encoding.UTF8.GetBytes(string.Concat(revisions.Select(revision => $"{revision}\n"))),
        };
        return await pack.TryRunAsync() is { ExitCode: 0 } result ? result.Bytes : throw new InvalidOperationException($"{pack} failed");
    }

    /// <summary>The refs of a repository, as a header takes them.</summary>
    public static async Task<RefList> RefsAsync(GitRepository repository)
    {
        var refs = new RefList();
        foreach (var (name, id) in await repository.RefsAsync())
        {
            refs.Add(new Ref(RefName.Parse(name), ObjectId.Parse(id)));
        }
        return refs;
    }

    public static async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return all.ToArray();
    }

    /// <summary>What follows the empty line.</summary>
    public static byte[] PackOf(byte[] bundle) => bundle[(bundle.AsSpan().IndexOf("\n\n"u8) + 2)..];

    private static bool IsOption(string argument) => argument.StartsWith("--version", StringComparison.Ordinal);
}
