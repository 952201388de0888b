using System.Diagnostics;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>The process ended by SIGKILL, which nothing can catch.</summary>
public sealed class KillTests
{
    [Fact]
    public async Task Killed_at_any_moment_the_next_run_converges()
    {
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        var random = new Random(5);
        var program = Path.Combine(AppContext.BaseDirectory, "mirror.dll");
        for (var round = 0; round < 8; round++)
        {
            await source.CommitAsync("main", Enumerable.Range(0, 300).Select(i => ($"f{i}", $"{round} {random.NextInt64()}")));
            using var run = Process.Start(new ProcessStartInfo("dotnet", [program, "sync", "-q", source.Path, target.Path]))!;
            var moment = TimeSpan.FromMilliseconds(random.Next(100, 500));
            try
            {
                await run.WaitForExitAsync().WaitAsync(moment);
            }
            catch (TimeoutException)
            {
                run.Kill();
            }
            await target.FsckAsync();
        }

        Assert.Equal(0, (await new MirrorProgram().RunAsync("sync", source.Path, target.Path)).ExitCode);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
        await target.FsckAsync();
    }
}
