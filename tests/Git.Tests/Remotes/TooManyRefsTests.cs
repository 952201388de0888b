using Mirror.Git.Tests.Protocol;
using Mirror.Git.Transport;

namespace Mirror.Git.Tests.Remotes;

public class TooManyRefsTests
{
    [Fact]
    public async Task A_list_that_is_too_long_is_not_read_again()
    {
        // None of them is kept: their names are no refs.
        var piece = Wire.Bytes(string.Concat(Enumerable.Repeat(Wire.Line($"{Wire.A} x\n"), 1000)));
        var server = new FakeConnection(new EndlessStream([], piece));
        var dialogue = new Dialogue(RemoteUrl.Parse("https://git.example/a", "/"), server);
        await using var source = UploadPack.Open(dialogue, new() { Http = Remote.Http });

        var failure = await Assert.ThrowsAsync<RemoteException>(() =>
            source.ListAsync([RefPattern.Parse("refs/*")], CancellationToken.None));

        Assert.Equal(RemoteFailure.Unsupported, failure.Failure);
        Assert.Equal("https://git.example/a: read refs: more than 2000000 refs", failure.Message);
        Assert.Single(server.Requests);
    }
}
