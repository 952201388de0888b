using Mirror.Git.Tests.Remotes;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

/// <summary>What goes wrong in the one who writes the pack is theirs, not the target's, and moves nothing there.</summary>
public class OwnFailureTests
{
    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var way in (string[])["v2", "tls", "ssh", "file"])
            {
                foreach (var failure in Failures.Keys)
                {
                    cases.Add(way, failure);
                }
            }
            return cases;
        }
    }

    private static readonly Dictionary<string, Exception> Failures = new()
    {
        ["remote"] = new RemoteException(RemoteFailure.Disconnected, "source", "fetch", "gone"),
        ["io"] = new IOException("the store's answer ended"),
        ["data"] = new InvalidDataException("the bundle's digest is another"),
        ["canceled"] = new OperationCanceledException("the store took too long"),
        ["other"] = new InvalidOperationException("a bug"),
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_failure_of_the_pack_s_writer_comes_out_as_it_is_and_nothing_moves(string way, string name)
    {
        var target = await GitRepository.CreateAsync();
        var tip = ObjectId.Parse(await target.CommitAsync("main", "a.txt", "one\n"));
        var request = new PushRequest([new RefCommand(RefName.Parse("refs/heads/x"), ObjectFormat.Sha1.Null, tip)])
        {
            WritePack = async (body, cancellation) =>
            {
                await body.WriteAsync("PACK\0\0\0\u0002\0\0\0\u0009"u8.ToArray(), cancellation);
                throw Failures[name];
            },
        };
        var remote = await Remote.ToAsync(target, way);

        var failure = await Record.ExceptionAsync(() => FakeGit.PushAsync(remote, request).WaitAsync(FakeGit.Deadline));

        Assert.True(ReferenceEquals(Failures[name], failure), $"{failure}");
        Assert.Equal(["refs/heads/main"], (await target.RefsAsync()).Keys);
    }
}
