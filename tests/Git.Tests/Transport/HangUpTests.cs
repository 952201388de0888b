using Mirror.Git.Tests.Remotes;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

/// <summary>Real dialogues through a proxy that hangs up or flips a bit. Nothing half done is taken for done, and nothing hangs.</summary>
public class HangUpTests
{
    private const int HttpPoints = 10;
    private const int SshPoints = 4;

    [Theory]
    [InlineData("v2", Direction.Downstream, HttpPoints)]
    [InlineData("v2", Direction.Upstream, HttpPoints)]
    [InlineData("v0", Direction.Downstream, HttpPoints)]
    [InlineData("ssh", Direction.Downstream, SshPoints)]
    [InlineData("ssh", Direction.Upstream, SshPoints)]
    public async Task A_fetch_is_whole_or_fails(string way, Direction direction, int points)
    {
        var source = await SourceAsync();
        var whole = "";
        var size = await MeasureAsync(
            source, way, direction, async remote => whole = await FakeGit.FetchAsync(remote).WaitAsync(FakeGit.Deadline));
        for (var point = 0; point < points; point++)
        {
            var after = size * point / points;
            await using var proxy = await ProxyAsync(way, Fault.Cut(direction, after));
            var (pack, failure) = await TryAsync(
                async () => await FakeGit.FetchAsync(await ThroughAsync(proxy, source, way)).WaitAsync(FakeGit.Deadline));

            Assert.True(failure is RemoteException { IsTransient: true } || (failure is null && pack == whole),
                $"{way}, {direction}, cut after {after} of {size}: {failure}");
        }
    }

    [Theory]
    [InlineData("v2", Direction.Downstream, HttpPoints)]
    [InlineData("v2", Direction.Upstream, HttpPoints)]
    [InlineData("ssh", Direction.Downstream, SshPoints)]
    [InlineData("ssh", Direction.Upstream, SshPoints)]
    public async Task A_push_arrives_or_does_not_but_never_in_part(string way, Direction direction, int points)
    {
        var source = await SourceAsync();
        var tip = ObjectId.Parse(await source.ResolveAsync("main"));
        var push = await PushOfAsync(source, tip);
        var size = await MeasureAsync(
            await GitRepository.CreateAsync(), way, direction, remote => FakeGit.PushAsync(remote, push).WaitAsync(FakeGit.Deadline));
        for (var point = 0; point < points; point++)
        {
            var after = size * point / points;
            var target = await GitRepository.CreateAsync();
            await using var proxy = await ProxyAsync(way, Fault.Cut(direction, after));
            var (report, failure) = await TryAsync(
                async () => await FakeGit.PushAsync(await ThroughAsync(proxy, target, way), push).WaitAsync(FakeGit.Deadline));

            var place = $"{way}, {direction}, cut after {after} of {size}";
            Assert.True(failure is null or RemoteException { IsTransient: true }, $"{place}: {failure}");
            await ServingProcesses.EndAsync(target);
            var refs = await target.RefsAsync();
            Assert.True(report is null || refs.Count == 2, $"{place}: success is said, but {refs.Count} refs are there");
            // The refs move while nobody listens any more, or not at all: both, or none.
            Assert.True(refs.Count is 0 or 2, $"{place}: {refs.Count} of 2 refs");
            await target.FsckAsync();
        }
    }

    [Theory]
    [InlineData("v2", 1)]
    [InlineData("v0", 2)]
    public async Task A_flipped_bit_in_a_fetch_is_an_error_of_ours_or_spoils_the_pack_alone(string way, int seed)
    {
        var source = await SourceAsync();
        var random = new Random(seed);
        var size = await MeasureAsync(source, way, Direction.Downstream, remote => FakeGit.FetchAsync(remote));
        for (var i = 0; i < 25; i++)
        {
            var at = random.NextInt64(size);
            await using var proxy = await ProxyAsync(way, Fault.Flip(Direction.Downstream, at));
            var (_, failure) = await TryAsync(
                async () => await FakeGit.FetchAsync(await ThroughAsync(proxy, source, way)).WaitAsync(FakeGit.Deadline));

            Assert.True(failure is null or RemoteException, $"seed {seed}, {way}, bit at {at} of {size}: {failure}");
        }
    }

    [Fact]
    public async Task A_flipped_bit_in_a_push_never_leaves_a_broken_target()
    {
        const int seed = 3;
        var random = new Random(seed);
        var source = await SourceAsync();
        var push = await PushOfAsync(source, ObjectId.Parse(await source.ResolveAsync("main")));
        var size = await MeasureAsync(
            await GitRepository.CreateAsync(), "v2", Direction.Upstream, remote => FakeGit.PushAsync(remote, push));
        for (var i = 0; i < 20; i++)
        {
            var at = random.NextInt64(size);
            var target = await GitRepository.CreateAsync();
            await using var proxy = await ProxyAsync("v2", Fault.Flip(Direction.Upstream, at));
            var (_, failure) = await TryAsync(
                async () => await FakeGit.PushAsync(await ThroughAsync(proxy, target, "v2"), push).WaitAsync(FakeGit.Deadline));

            Assert.True(failure is null or RemoteException, $"seed {seed}, bit at {at} of {size}: {failure}");
            await ServingProcesses.EndAsync(target);
            await target.FsckAsync();
        }
    }

    private static async Task<(T? Result, Exception? Failure)> TryAsync<T>(Func<Task<T>> action)
        where T : class
    {
        try
        {
            return (await action(), null);
        }
        catch (Exception failure)
        {
            return (null, failure);
        }
    }

    private static async Task<long> MeasureAsync(GitRepository repository, string way, Direction direction, Func<Remote, Task> ask)
    {
        await using var proxy = await ProxyAsync(way);
        await ask(await ThroughAsync(proxy, repository, way));
        return direction == Direction.Upstream ? proxy.UpstreamSize : proxy.DownstreamSize;
    }

    private static async Task<FaultProxy> ProxyAsync(string way, Fault? fault = null) =>
        new(way == "ssh" ? (await SshServer.SharedAsync()).Port : (await ApacheServer.SharedAsync()).Port, fault);

    private static async Task<Remote> ThroughAsync(FaultProxy proxy, GitRepository repository, string way)
    {
        var direct = await Remote.ToAsync(repository, way);
        var url = way == "ssh" ? (await SshServer.SharedAsync()).Url(repository) : direct.Url.ToString();
        return Remote.At(proxy.Url(url), direct.Settings);
    }

    private static async Task<PushRequest> PushOfAsync(GitRepository source, ObjectId tip)
    {
        await using var upload = Remote.At(source.FileUrl).Read();
        await FakeGit.ListAsync(upload);
        var fetch = await upload.FetchAsync(new FetchRequest([tip], []), CancellationToken.None);
        using var pack = new MemoryStream();
        await fetch.Pack.CopyToAsync(pack);
        var bytes = pack.ToArray();
        RefCommand[] commands =
        [
            new(RefName.Parse("refs/heads/a"), ObjectFormat.Sha1.Null, tip),
            new(RefName.Parse("refs/heads/b"), ObjectFormat.Sha1.Null, tip),
        ];
        return new PushRequest(commands)
        { Atomic = true, WritePack = (body, cancellation) => body.WriteAsync(bytes, cancellation).AsTask() };
    }

    private static async Task<GitRepository> SourceAsync()
    {
        var source = await GitRepository.CreateAsync("source");
        await source.CommitAsync(
            "main", Enumerable.Range(0, 30).Select(i => ("a.txt", string.Concat(Enumerable.Range(i, 100).Select(j => $"{j * j * 31}\n")))));
        return source;
    }
}
