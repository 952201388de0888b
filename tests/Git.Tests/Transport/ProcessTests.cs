using System.Diagnostics;
using Mirror.Git.Tests.Remotes;
using Mirror.Git.Transport;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

/// <summary>Services as child processes: what they inherit, how they end, and that none is left behind.</summary>
public class ProcessTests
{
    public static TheoryData<string> Ways => ["file", "ssh", "v2"];

    // Its pack is more than all buffers on the way hold.
    private static readonly Lazy<Task<GitRepository>> Large = new(LargeAsync);

    [Fact]
    public async Task A_folder_that_is_no_repository_is_not_found()
    {
        await using var read = Remote.At(Scratch.NewFolder()).Read();
        await using var write = Remote.At("/no/such/folder").Write();

        RemoteException[] failures =
        [
            await Assert.ThrowsAsync<RemoteException>(() => FakeGit.ListAsync(read)),
            await Assert.ThrowsAsync<RemoteException>(() => write.ListAsync(CancellationToken.None)),
        ];

        Assert.All(failures, failure => Assert.Equal((RemoteFailure.NotFound, false), (failure.Failure, failure.IsTransient)));
    }

    [Fact]
    public async Task Variables_of_a_hook_that_starts_us_do_not_lead_to_its_repository()
    {
        var (mine, others) = (await GitRepository.CreateAsync(), await GitRepository.CreateAsync());
        var tip = await mine.CommitAsync("main", "a.txt", "mine\n");
        await others.CommitAsync("main", "a.txt", "others\n");
        Dictionary<string, string> variables = new()
        {
            ["GIT_DIR"] = others.Path,
            ["GIT_OBJECT_DIRECTORY"] = $"{others.Path}/objects",
            ["GIT_QUARANTINE_PATH"] = others.Path,
        };
        foreach (var (name, value) in variables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }
        try
        {
            await using var remote = Remote.At(mine.FileUrl).Read();
            Assert.Equal([tip], (await FakeGit.ListAsync(remote)).Refs.Select(found => found.Id.ToString()));
        }
        finally
        {
            foreach (var name in variables.Keys)
            {
                Environment.SetEnvironmentVariable(name, null);
            }
        }
    }

    [Fact]
    public async Task Every_variable_that_git_calls_local_is_left_out()
    {
        var start = GitProcess.For(RemoteUrl.Parse("/a", "/"), GitService.ReceivePack, new RemoteSettings { Http = Remote.Http });
        var local = (await GitCommand.RunAsync(Scratch.Root, "rev-parse", "--local-env-vars")).Split('\n');

        // git's own configuration by environment is meant for whom it is given to.
        Assert.DoesNotContain(
            start.Environment.Keys, name => local.Contains(name) && !name.StartsWith("GIT_CONFIG", StringComparison.Ordinal));
        Assert.Equal("C", start.Environment["LC_ALL"]);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_fetch_that_is_cancelled_leaves_nothing_behind(string way)
    {
        var source = await Large.Value;
        using var cancel = new CancellationTokenSource();
        await using (var remote = (await Remote.ToAsync(source, way)).Read())
        {
            var listing = await FakeGit.ListAsync(remote);
            var fetch = await remote.FetchAsync(new FetchRequest([listing.Refs[0].Id], []), cancel.Token);
            await fetch.Pack.ReadExactlyAsync(new byte[100_000], cancel.Token);
            await cancel.CancelAsync();

            await Assert.ThrowsAnyAsync<OperationCanceledException>(
                () => fetch.Pack.CopyToAsync(Stream.Null, cancel.Token).WaitAsync(FakeGit.Deadline));
        }
        await ServingProcesses.EndAsync(source);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_fetch_that_nobody_reads_to_its_end_leaves_nothing_behind(string way)
    {
        var source = await Large.Value;
        await using (var remote = (await Remote.ToAsync(source, way)).Read())
        {
            var listing = await FakeGit.ListAsync(remote);
            await remote.FetchAsync(new FetchRequest([listing.Refs[0].Id], []), CancellationToken.None);
        }
        await ServingProcesses.EndAsync(source);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_push_that_is_cancelled_leaves_nothing_behind_and_moves_nothing(string way)
    {
        var target = await GitRepository.CreateAsync("target");
        var tip = ObjectId.Parse(await target.CommitAsync("main", "a.txt", "one\n"));
        using var cancel = new CancellationTokenSource();
        var request = new PushRequest([new RefCommand(RefName.Parse("refs/heads/x"), tip.Format.Null, tip)])
        {
            WritePack = async (body, cancellation) =>
            {
                await body.WriteAsync("PACK\0\0\0\u0002\0\0\0\u0009"u8.ToArray(), cancellation);
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, cancellation);
            },
        };
        var remote = await Remote.ToAsync(target, way);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => FakeGit.PushAsync(remote, request, cancel.Token).WaitAsync(FakeGit.Deadline));

        await ServingProcesses.EndAsync(target);
        Assert.Equal(["refs/heads/main"], (await target.RefsAsync()).Keys);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("ssh")]
    public async Task A_process_that_is_killed_is_a_broken_connection(string way)
    {
        var source = await Large.Value;
        await using var remote = (await Remote.ToAsync(source, way)).Read();
        var listing = await FakeGit.ListAsync(remote);
        var fetch = await remote.FetchAsync(new FetchRequest([listing.Refs[0].Id], []), CancellationToken.None);
        await fetch.Pack.ReadExactlyAsync(new byte[10_000]);
        foreach (var id in await ServingProcesses.OfAsync(source))
        {
            using var process = Process.GetProcessById(id);
            process.Kill();
        }

        var failure = await Assert.ThrowsAsync<RemoteException>(() => fetch.Pack.CopyToAsync(Stream.Null).WaitAsync(FakeGit.Deadline));

        Assert.Equal(("fetch", true), (failure.Stage, failure.IsTransient));
    }

    [Fact]
    public async Task Very_many_connections_leave_no_open_files_behind()
    {
        var repository = await GitRepository.CreateAsync();
        await ListAsync();
        var before = OpenPipes();
        for (var i = 0; i < 30; i++)
        {
            await ListAsync();
        }

        // Other tests run beside this one, with some pipes of theirs.
        Assert.InRange(OpenPipes(), 0, before + 30);

        async Task ListAsync()
        {
            await using var remote = Remote.At(repository.FileUrl).Read();
            await FakeGit.ListAsync(remote);
        }
    }

    private static int OpenPipes() => Directory.GetFiles("/proc/self/fd")
        .Count(file => new FileInfo(file).LinkTarget?.StartsWith("pipe:", StringComparison.Ordinal) == true);

    private static async Task<GitRepository> LargeAsync()
    {
        var noise = new byte[3_000_000];
        new Random(5).NextBytes(noise);
        var source = await GitRepository.CreateAsync("large");
        await source.CommitAsync("main", "a.txt", Convert.ToBase64String(noise));
        return source;
    }
}
