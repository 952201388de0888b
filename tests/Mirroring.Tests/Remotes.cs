using Mirror.Git;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests;

/// <summary>Repositories as the product is told of them, and what is promised of two of them after a good run.</summary>
internal static class Remotes
{
    public static RemoteSettings Settings { get; } = new() { Http = new HttpAccess(authorities: null) };

    public static RemoteUrl Url(string text) => RemoteUrl.Parse(text, "/");

    /// <summary>A ref map, or without any pattern the default.</summary>
    public static RefMap Map(string[] refs) => refs.Length > 0 ? RefMap.Parse(refs) : RefMap.Default;

    /// <summary>Asserts that the managed refs are equal, and that nothing is missing or broken.</summary>
    public static async Task AssertEqualAsync(GitRepository source, GitRepository target)
    {
        Assert.Equal(await ManagedAsync(source), await ManagedAsync(target));
        await target.FsckAsync();
    }

    private static async Task<IEnumerable<KeyValuePair<string, string>>> ManagedAsync(GitRepository repository) =>
        (await repository.RefsAsync()).Where(found =>
            found.Key.StartsWith("refs/heads/", StringComparison.Ordinal) || found.Key.StartsWith("refs/tags/", StringComparison.Ordinal));
}
