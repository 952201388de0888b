using System.Security.Authentication;
using Mirror.Git.Tests.Transport;
using Mirror.Git.Transport;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Remotes;

/// <summary>
/// What to do, by cause: with the real words of real servers where there are some, and else with words that others have seen.
/// </summary>
public class RemoteAdviceTests
{
    [Fact]
    public async Task Ssh_without_the_host_s_key_is_told_how_to_get_it()
    {
        var ssh = await SshServer.SharedAsync();
        var command = $"{ssh.Command} -o UserKnownHostsFile=/dev/null"
            .Replace("HostKeyAlias=mirror-tests", "HostKeyAlias=nobody", StringComparison.Ordinal);

        var failure = await ReadFailureAsync(
            ssh.Url(await GitRepository.CreateAsync()), new RemoteSettings { Http = Remote.Http, SshCommand = command });

        Assert.Contains($"ssh-keyscan -p {ssh.Port} {SshServer.Host} > host.pub, compare ssh-keygen -lf host.pub",
            failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ssh_with_a_key_that_nobody_knows_is_told_where_keys_belong()
    {
        var ssh = await SshServer.SharedAsync();

        var failure = await ReadFailureAsync(ssh.Url(await GitRepository.CreateAsync()),
            new RemoteSettings
            { Http = Remote.Http, SshCommand = ssh.Command.Replace("client_key", "no_such_key", StringComparison.Ordinal) });

        Assert.Contains("add the public key", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nobody_was_sent_the_entry_to_add_is_named()
    {
        var apache = await ApacheServer.SharedAsync();
        var url = apache.Url(await GitRepository.CreateAsync(), Route.Auth);

        var failure = await ReadFailureAsync(url, new RemoteSettings { Http = Remote.Http });

        Assert.Contains($"no 'credentials' entry matches {url}", failure.Advice, StringComparison.Ordinal);
        Assert.Contains($"match: http://127.0.0.1:{apache.Port}/", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_password_is_told_with_its_user_and_where_it_was_found()
    {
        var apache = await ApacheServer.SharedAsync();
        var url = apache.Url(await GitRepository.CreateAsync(), Route.Auth);
        var wrong = new Credential("alice", "wrong-word") { Origin = "/home/alice/.netrc" };
        var settings = new RemoteSettings { Http = Remote.Http, FindCredential = (_, _, _) => ValueTask.FromResult<Credential?>(wrong) };

        var found = await ReadFailureAsync(url, settings);
        var inUrl = await ReadFailureAsync(url.Replace("//", "//bob:wrong-word@", StringComparison.Ordinal), settings);

        Assert.Contains("does not take the user 'alice' of /home/alice/.netrc", found.Advice, StringComparison.Ordinal);
        Assert.Contains("does not take the user 'bob' of the URL", inUrl.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-word", found.Advice + inUrl.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_redirect_the_url_to_write_is_named()
    {
        await using var there = new FakeServer(FakeAnswer.Status(401));
        await using var here = new FakeServer(FakeAnswer.Status(302, $"Location: {there.Url}/b.git/info/refs"));
        await using var remote = Remote.At($"http://user:secret@127.0.0.1:{here.Port}/a.git").Following(RedirectPolicy.Any).Read();

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FakeGit.ListAsync(remote));

        Assert.Contains($"a redirect led to {there.Url}, and no password goes with one", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authority_that_is_not_trusted_is_told_with_the_variable_and_the_file()
    {
        var apache = await ApacheServer.SharedAsync();
        var url = apache.TlsUrl(await GitRepository.CreateAsync());
        await using var another = await ApacheServer.StartAsync();
        var other = another.AuthorityFile;
        using var unset = new HttpAccess(authorities: null);
        using var set = new HttpAccess(other);

        var withNone = await ReadFailureAsync(url, new RemoteSettings { Http = unset });
        var withAnother = await ReadFailureAsync(url, new RemoteSettings { Http = set });

        Assert.Contains("set GIT_SSL_CAINFO to a PEM file", withNone.Advice, StringComparison.Ordinal);
        Assert.Contains($"no authority in '{other}' (GIT_SSL_CAINFO) has signed", withAnother.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("The remote certificate is invalid according to the validation procedure: RemoteCertificateNameMismatch",
        "another host name")]
    [InlineData("The remote certificate is invalid because of errors in the certificate chain: NotTimeValid", "expired")]
    public void What_is_wrong_with_a_certificate_is_told(string words, string advice) =>
        Assert.Contains(advice,
            HttpAdvice.OfCertificate(new HttpRequestException("x", new AuthenticationException(words)), null), StringComparison.Ordinal);

    [Fact]
    public async Task A_push_that_is_too_large_is_told_which_limit_to_raise()
    {
        await using var server = new FakeServer(FakeAnswer.InTurn(FakeAnswer.Raw(FakeGit.Target), FakeAnswer.Status(413)));

        var failure = await Assert.ThrowsAsync<RemoteException>(() => FakeGit.PushAsync(Remote.At($"{server.Url}/a.git"), FakeGit.Push));

        Assert.Contains("client_max_body_size", failure.Advice, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Remote.WaysToWrite), MemberType = typeof(Remote))]
    public async Task The_branch_that_the_target_s_HEAD_names_is_told_how_to_be_deleted(string way)
    {
        var target = await GitRepository.CreateAsync("target");
        var tip = ObjectId.Parse(await target.CommitAsync("main", "a.txt", "one\n"));

        var report = await FakeGit.PushAsync(
            await Remote.ToAsync(target, way), new PushRequest([new(RefName.Parse("refs/heads/main"), tip, ObjectFormat.Sha1.Null)]));

        Assert.Contains(
            "git symbolic-ref HEAD", RemoteAdvice.TryOf(Assert.Single(report.Refused).Value, target.Path), StringComparison.Ordinal);
    }

    [Theory]
    // ssh, after a server was set up anew; git on a full disk, as a child, at the other end of ssh, and in a report; ssh with many keys;
    // git 2.35.2 and later.
    [InlineData("@@@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @@@; Host key verification failed.", "ssh-keygen -R h.example")]
    [InlineData("fatal: unable to create temporary object directory: No space left on device", "make room")]
    [InlineData(
        "the target did not accept the pack: unpack-objects abnormal exit (it said: error: file write error: No space left on device)",
        "make room")]
    [InlineData("error: unable to write file: Disk quota exceeded", "make room")]
    [InlineData("Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures", "IdentitiesOnly")]
    [InlineData("git@h.example: Permission denied (publickey,password).", "add the public key")]
    [InlineData("fatal: detected dubious ownership in repository at '/srv/a.git'", "safe.directory")]
    [InlineData("branch is currently checked out", "bare repository")]
    public void Words_that_are_known_have_a_next_step(string words, string advice)
    {
        Assert.Contains(advice, RemoteAdvice.TryOf(words, "ssh://git@h.example/a"), StringComparison.Ordinal);
        Assert.Contains(
            advice, new RemoteException(RemoteFailure.Refused, "ssh://git@h.example/a", "push", words).Advice, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ssh://git@h.example/a", "ssh-keygen -R h.example, ")]
    [InlineData("ssh://git@h.example:22/a", "ssh-keygen -R h.example, ")]
    [InlineData("ssh://git@h.example:2222/a", "ssh-keygen -R '[h.example]:2222', ")]
    public void A_host_is_named_as_known_hosts_has_it(string url, string advice) =>
        Assert.Contains(advice, RemoteAdvice.TryOf("REMOTE HOST IDENTIFICATION HAS CHANGED!", url), StringComparison.Ordinal);

    [Theory]
    [InlineData("sh -c 'echo \"fatal: write error: No space left on device\" >&2; exit 128' #")]
    [InlineData("sh -c 'echo \"error: unable to write sha1: No space left on device\" >&2; exit 1' #")]
    public async Task A_full_disk_is_not_tried_again(string command)
    {
        var failure = await ReadFailureAsync("ssh://h.invalid/a", new RemoteSettings { Http = Remote.Http, SshCommand = command });

        Assert.Equal((RemoteFailure.Refused, false), (failure.Failure, failure.IsTransient));
        Assert.Contains("make room", failure.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_other_words_nothing_better_is_known() => Assert.Null(RemoteAdvice.TryOf("fatal: no", "ssh://git@h.example/a"));

    private static async Task<RemoteException> ReadFailureAsync(string url, RemoteSettings settings)
    {
        await using var remote = Remote.At(url, settings).Read();
        return await Assert.ThrowsAsync<RemoteException>(() => FakeGit.ListAsync(remote));
    }
}
