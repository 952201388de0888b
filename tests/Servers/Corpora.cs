using System.Security.Cryptography;
using Xunit;

namespace Mirror.Tests.Servers;

/// <summary>The synthetic repositories of <c>../shared/corpora</c>, beside the checkout. Made once per machine and user.</summary>
public static class Corpora
{
    private static readonly Lazy<Task<string>> Folder = new(GenerateAsync);

    /// <summary>Why there are none, or null.</summary>
    public static string? Missing { get; } = Generator is null ? "../shared/corpora is not beside the checkout" : null;

    /// <summary>A corpus, such as <c>linear20k</c>, served as any repository. Only to be read: other tests read it too.</summary>
    public static async Task<GitRepository> OpenAsync(string name)
    {
        var repository = new GitRepository($"{Scratch.Unique(name)}.git");
        Directory.CreateSymbolicLink(repository.Path, Path.Combine(await Folder.Value, $"{name}.git"));
        return repository;
    }

    private static string? Generator
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Mirror.Functions.sln")))
            {
                folder = folder.Parent;
            }
            var generator = folder is null ? null : Path.GetFullPath("../shared/corpora/generate", folder.FullName);
            return File.Exists(generator) ? generator : null;
        }
    }

    private static async Task<string> GenerateAsync()
    {
        var generator = Generator ?? throw new InvalidOperationException(Missing);
        var version = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(generator)))[..12];
        var folder = Path.Combine(Path.GetTempPath(), $"mirror-corpora-{Environment.UserName}-{version}");
        using var mine = await LockAsync($"{folder}.lock");
        if (!Directory.Exists(folder))
        {
            var unfinished = $"{folder}.unfinished";
            await new Command("bash", generator, unfinished).RunAsync();
            Directory.Move(unfinished, folder);
        }
        return folder;
    }

    /// <summary>Waits for other test processes that may be generating. .NET locks with flock(2), which ends with its holder.</summary>
    private static async Task<FileStream> LockAsync(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(100);
            }
        }
    }
}

/// <summary>A test that needs the corpora, skipped where they are not.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CorporaFactAttribute : FactAttribute
{
    public CorporaFactAttribute() => Skip = Corpora.Missing;
}
