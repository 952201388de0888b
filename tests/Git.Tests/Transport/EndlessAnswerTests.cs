using Mirror.Git.Tests.Protocol;
using Mirror.Git.Tests.Remotes;
using Mirror.Tests.Servers;
using static Mirror.Git.Tests.Transport.FakeGit;

namespace Mirror.Git.Tests.Transport;

/// <summary>Far sides that say nothing of use and never stop, by each transport. What ends them is what they cost, not a clock.</summary>
public class EndlessAnswerTests
{
    [Theory]
    [InlineData("\u0002Counting objects\r")]
    [InlineData("\u0001")]
    public async Task A_source_that_sends_progress_for_ever_is_given_up(string packet)
    {
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Listing), Flood("upload-pack", "packfile\n", packet)));

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(Remote.At(server.Url)));

        Assert.Equal((RemoteFailure.Malformed, "fetch"), (failure.Failure, failure.Stage));
        Assert.Contains("0 bytes of the pack", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_target_that_talks_for_ever_after_its_report_is_left()
    {
        var report = Wire.Band1("unpack ok\n", "ok refs/heads/main\n", Wire.Flush);
        var flood = Flood("receive-pack", report, "\u0002still here\n");
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(Target), flood));

        Assert.True((await PushAsync(Remote.At(server.Url), Push)).IsComplete);
    }

    [Fact]
    public async Task A_program_that_lists_nothing_for_ever_is_ended()
    {
        var line = Wire.Line($"{Wire.A} HEAD");
        var settings = new RemoteSettings { Http = Remote.Http, SshCommand = $"sh -c \"yes '{line}' | tr -d '\\n'\" #" };

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FetchAsync(Remote.At("ssh://h.invalid/a", settings)));

        Assert.Equal((RemoteFailure.Malformed, "read refs"), (failure.Failure, failure.Stage));
        Assert.Contains("0 bytes of the refs", failure.Message, StringComparison.Ordinal);
    }

    /// <summary>An answer that begins with a line, and then says another again and again until nobody listens.</summary>
    private static FakeHandler Flood(string service, string first, string again) => async (request, stream, cancellation) =>
    {
        await request.ReadBodyAsync(cancellation);
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: application/x-git-{service}-result\r\nConnection: close\r\n\r\n";
        await stream.WriteAsync(Wire.Bytes($"{head}{Wire.Line(first)}"), cancellation);
        var many = Wire.Bytes(string.Concat(Enumerable.Repeat(Wire.Line(again), 1000)));
        while (true)
        {
            await stream.WriteAsync(many, cancellation);
        }
    };
}
