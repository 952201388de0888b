using Mirror.Git.Tests.Remotes;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Protocol.Wire;

namespace Mirror.Git.Tests.Transport;

/// <summary>The answers of a small Git server over HTTP, and the three things that one asks of it.</summary>
internal static class FakeGit
{
    public static readonly byte[] Listing = Result(
        "upload-pack", $"{A} HEAD symref-target:refs/heads/main\n", $"{A} refs/heads/main\n", Flush);

    public static readonly byte[] Pack = Result("upload-pack", "packfile\n", "\u0001PACK and so on", Flush);

    public static readonly byte[] Target = FakeAnswer.Bytes(
        200, "application/x-git-receive-pack-advertisement",
        Of("# service=git-receive-pack\n", Flush, $"{A} refs/heads/main\0report-status side-band-64k delete-refs\n", Flush));

    public static readonly byte[] Report = Result("receive-pack", Band1("unpack ok\n", "ok refs/heads/main\n", Flush), Flush);

    public static byte[] Result(string service, params string[] lines) =>
        FakeAnswer.Bytes(200, $"application/x-git-{service}-result", Of(lines));

    public static readonly PushRequest Push = new([new(RefName.Parse("refs/heads/main"), ObjectId.Parse(A), ObjectId.Parse(B))]);

    public static Task<RefListing> ListAsync(UploadPack remote, CancellationToken cancellation = default) =>
        remote.ListAsync([RefPattern.Parse("refs/heads/*")], cancellation);

    /// <summary>Lists, fetches and reads the pack to its end.</summary>
    public static async Task<string> FetchAsync(Remote from, CancellationToken cancellation = default)
    {
        await using var remote = from.Read();
        var listing = await ListAsync(remote, cancellation);
        var fetch = await remote.FetchAsync(new FetchRequest([listing.Refs[0].Id], []), cancellation);
        using var pack = new MemoryStream();
        await fetch.Pack.CopyToAsync(pack, cancellation);
        return Text(pack.ToArray());
    }

    public static async Task<PushReport> PushAsync(Remote to, PushRequest request, CancellationToken cancellation = default)
    {
        await using var remote = to.Write();
        await remote.ListAsync(cancellation);
        return await remote.PushAsync(request, cancellation);
    }

    /// <summary>
    /// Asks for a listing as one who reads and as one who writes, and for a pack and a push, each time with the last answer as given.
    /// </summary>
    public static async Task<IReadOnlyList<RemoteException>> FailuresAsync(FakeHandler last, Func<string, Remote> at)
    {
        var failures = new List<RemoteException>();
        foreach (var (before, ask) in Questions)
        {
            await using var server = new FakeServer(FakeAnswer.InTurn([.. before.Select(FakeAnswer.Raw), last]));
            failures.Add(await Assert.ThrowsAsync<RemoteException>(() => ask(at(server.Url)).WaitAsync(Deadline)));
            Assert.StartsWith(server.Url, failures[^1].Message, StringComparison.Ordinal);
            Assert.DoesNotContain(failures[^1].Message, char.IsControl);
        }
        Assert.Equal(["read refs", "fetch", "read refs", "push"], failures.Select(failure => failure.Stage));
        return failures;
    }

    public static readonly TimeSpan Deadline = Hang.Limit;

    private static readonly (byte[][] Before, Func<Remote, Task> Ask)[] Questions =
    [
        ([], remote => FetchAsync(remote)),
        ([Listing], remote => FetchAsync(remote)),
        ([], remote => PushAsync(remote, Push)),
        ([Target], remote => PushAsync(remote, Push)),
    ];
}
