using System.Diagnostics;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>The process ended from outside: by SIGKILL, which nothing can catch, and by Ctrl-C.</summary>
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

    [Fact]
    public async Task Killed_it_leaves_nothing_in_the_folder_for_temporary_files()
    {
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        var temporary = Scratch.NewFolder("tmp");
        var program = Path.Combine(AppContext.BaseDirectory, "mirror.dll");
        using var run = Process.Start(new ProcessStartInfo("dotnet", [program, "sync", source.Path, target.Path, "-v", "--watch", "1h"])
        {
            RedirectStandardOutput = true,
            Environment = { ["TMPDIR"] = temporary },
        })!;
        Assert.Contains("up to date", await run.StandardOutput.ReadLineAsync().WaitAsync(Hang.Limit), StringComparison.Ordinal);

        run.Kill();
        await run.WaitForExitAsync().WaitAsync(Hang.Limit);

        Assert.Empty(Directory.EnumerateFileSystemEntries(temporary));
    }

    [Fact]
    public async Task Interrupted_while_it_watches_it_ends_with_130()
    {
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        using var program = new WatchedProgram(new MirrorProgram(), "sync", source.Path, target.Path, "--watch", "1h");
        Assert.EndsWith("watching 1 mirror, every 1 h", await program.ErrorLineAsync(), StringComparison.Ordinal);

        await program.InterruptAsync();

        Assert.Equal(["interrupted"], program.Errors.Skip(1));
    }
}
