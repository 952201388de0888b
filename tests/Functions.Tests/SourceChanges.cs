using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>A history that happens by chance, and again the same for the same seed: commits, branches, deletes, rewinds, tags.</summary>
internal sealed class SourceChanges(GitRepository source, Random random)
{
    private int _count;

    /// <summary>Does one to three things, at least one of which is new.</summary>
    public async Task<string> ChangeAsync()
    {
        var number = ++_count;
        var done = new List<string> { await CommitAsync("main", number) };
        for (var more = random.Next(3); more > 0; more--)
        {
            done.Add(await OneAsync(number, more));
        }
        return string.Join(", ", done);
    }

    private async Task<string> OneAsync(int number, int more)
    {
        var branches = (await source.RefsAsync()).Keys.Where(name => name.StartsWith("refs/heads/b", StringComparison.Ordinal)).ToList();
        switch (random.Next(6))
        {
            case 0:
                await source.SetRefAsync($"refs/heads/b{number}-{more}", "main");
                return "branch";
            case 1 when branches.Count > 0:
                await source.DeleteRefAsync(branches[random.Next(branches.Count)]);
                return "delete";
            case 2:
                await source.SetRefAsync("refs/heads/main", "main~1");
                return "rewind";
            case 3:
                await source.AnnotatedTagAsync($"v{number}-{more}", "main");
                return "tag";
            case 4:
                await source.SetRefAsync("refs/tags/moving", "main");
                return "moved tag";
            default:
                return await CommitAsync($"b{number}-{more}", number);
        }
    }

    private async Task<string> CommitAsync(string branch, int number)
    {
        var content = new byte[random.Next(10_000, 300_000)];
        random.NextBytes(content);
        await source.CommitAsync(
            branch, [($"f{number % 5}", Convert.ToBase64String(content)), ("small", $"{number} {random.NextInt64()}\n")]);
        return $"commit to {branch}";
    }
}
