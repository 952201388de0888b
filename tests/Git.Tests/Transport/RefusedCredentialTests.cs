using Mirror.Git.Tests.Remotes;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Transport.FakeGit;

namespace Mirror.Git.Tests.Transport;

/// <summary>What happens when a server does not take who we are: passwords are changed while we run.</summary>
public class RefusedCredentialTests
{
    private static readonly Credential Old = new("user", "old");
    private static readonly Credential New = new("user", "new");

    private readonly List<Credential?> _asked = [];

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task It_is_asked_for_anew_and_sent_again(int status)
    {
        await using var server = new FakeServer(
            FakeAnswer.InTurn(FakeAnswer.Status(status), FakeAnswer.Raw(Listing), FakeAnswer.Raw(Pack)));

        Assert.Equal("PACK and so on", await FetchAsync(Remote.At($"{server.Url}/a.git", Finding(Old, New))));

        Assert.Equal([null, Old], _asked);
        Assert.Equal(["dXNlcjpvbGQ=", "dXNlcjpuZXc=", "dXNlcjpuZXc="],
            server.Requests.Select(request => request.Headers["Authorization"].Split(' ')[1]));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public async Task It_is_asked_for_anew_in_the_middle_too(int status)
    {
        await using var server = new FakeServer(
            FakeAnswer.InTurn(FakeAnswer.Raw(Listing), FakeAnswer.Status(status), FakeAnswer.Raw(Pack)));

        Assert.Equal("PACK and so on", await FetchAsync(Remote.At($"{server.Url}/a.git", Finding(Old, New))));

        Assert.Equal([null, Old], _asked);
        Assert.Equal(3, server.Requests.Count);
    }

    [Theory]
    // What is not a 401 is looked at a second time, in the older way of asking.
    [InlineData(401, RemoteFailure.Unauthorized, 2, 1)]
    [InlineData(403, RemoteFailure.Forbidden, 2, 2)]
    [InlineData(404, RemoteFailure.NotFound, 1, 2)]
    public async Task The_same_again_is_not_sent(int status, RemoteFailure expected, int asked, int requests)
    {
        await using var server = new FakeServer(FakeAnswer.Status(status));

        var failure = await Assert.ThrowsAsync<RemoteException>(
            () => FetchAsync(Remote.At($"{server.Url}/a.git", Finding(Old, Old with { }))));

        Assert.Equal(expected, failure.Failure);
        Assert.Equal(requests, server.Requests.Count);
        Assert.Equal(asked, _asked.Count);
    }

    [Theory]
    [InlineData(401, RemoteFailure.Unauthorized, 2)]
    [InlineData(403, RemoteFailure.Forbidden, 3)]
    public async Task Another_one_is_asked_for_once(int status, RemoteFailure expected, int requests)
    {
        await using var server = new FakeServer(FakeAnswer.Status(status));

        var failure = await Assert.ThrowsAsync<RemoteException>(
            () => FetchAsync(Remote.At($"{server.Url}/a.git", Finding(Old, New, new Credential("user", "third")))));

        Assert.Equal(expected, failure.Failure);
        Assert.Equal(requests, server.Requests.Count);
        Assert.Equal([null, Old], _asked);
    }

    [Theory]
    // Some servers want a 401 first, and a netrc file may have changed meanwhile. Nobody whom a server forbids stays nobody.
    [InlineData(401, 2)]
    [InlineData(403, 1)]
    public async Task Nobody_is_not_refused(int status, int asked)
    {
        await using var server = new FakeServer(FakeAnswer.Status(status));

        await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(Remote.At($"{server.Url}/a.git", Finding(null, null))));

        Assert.Equal(Enumerable.Repeat<Credential?>(null, asked), _asked);
    }

    [Fact]
    public async Task Where_nothing_is_wrong_it_is_asked_for_once()
    {
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Listing), FakeAnswer.Raw(Pack)));

        await FetchAsync(Remote.At($"{server.Url}/a.git", Finding(Old)));

        Assert.Equal([null], _asked);
        Assert.Equal(2, server.Requests.Count);
    }

    private RemoteSettings Finding(params Credential?[] inTurn) => new()
    {
        Http = Remote.Http,
        FindCredential = (_, refused, _) =>
        {
            _asked.Add(refused);
            return ValueTask.FromResult(inTurn[_asked.Count - 1]);
        },
    };
}
