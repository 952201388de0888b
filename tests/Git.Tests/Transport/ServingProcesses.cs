using System.Diagnostics;
using System.Globalization;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

/// <summary>
/// The processes that have a repository's name on their command line: git here, ssh, git at its other end and below Apache.
/// </summary>
internal static class ServingProcesses
{
    /// <summary>Waits for all to end. The far side does so a moment after its connection.</summary>
    public static async Task EndAsync(GitRepository repository)
    {
        var watch = Stopwatch.StartNew();
        while (await OfAsync(repository) is { Count: > 0 } left)
        {
            Assert.True(watch.Elapsed < FakeGit.Deadline, $"still running: {string.Join(' ', left)}");
        }
    }

    public static async Task<List<int>> OfAsync(GitRepository repository)
    {
        var result = await new Command("pgrep", "-f", repository.Name.Replace(".", "\\.", StringComparison.Ordinal)).TryRunAsync();
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        return [.. lines.Select(id => int.Parse(id, CultureInfo.InvariantCulture))];
    }
}
