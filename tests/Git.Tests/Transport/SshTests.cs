using Mirror.Git.Tests.Remotes;
using Mirror.Git.Transport;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

public class SshTests
{
    [Fact]
    public async Task A_repository_that_is_not_there_is_not_found()
    {
        var ssh = await SshServer.SharedAsync();

        var failure = await FailureAsync($"ssh://{SshServer.User}@{SshServer.Host}:{ssh.Port}/no/such", ssh.Command);

        Assert.Equal((RemoteFailure.NotFound, "read refs", false), (failure.Failure, failure.Stage, failure.IsTransient));
        Assert.Contains("'/no/such' does not appear to be a git repository", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_not_taken_is_unauthorized()
    {
        var ssh = await SshServer.SharedAsync();
        var folder = Scratch.NewFolder("keys");
        await new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", $"{folder}/client_key").RunAsync();
        var known = ssh.Command.Split(' ').Single(word => word.StartsWith("UserKnownHostsFile", StringComparison.Ordinal));
        var command =
            $"ssh -F /dev/null -i {folder}/client_key -o IdentitiesOnly=yes -o IdentityAgent=none -o HostKeyAlias=mirror-tests -o {known}";

        var failure = await FailureAsync(ssh.Url(await GitRepository.CreateAsync()), command);

        Assert.Equal((RemoteFailure.Unauthorized, false), (failure.Failure, failure.IsTransient));
        Assert.Contains("Permission denied", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_whose_key_is_not_known_is_unauthorized()
    {
        var ssh = await SshServer.SharedAsync();
        var command = $"{ssh.Command} -o UserKnownHostsFile=/dev/null"
            .Replace("HostKeyAlias=mirror-tests", "HostKeyAlias=nobody", StringComparison.Ordinal);

        var failure = await FailureAsync(ssh.Url(await GitRepository.CreateAsync()), command);

        Assert.Equal((RemoteFailure.Unauthorized, false), (failure.Failure, failure.IsTransient));
        Assert.Contains("Host key verification failed", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_is_not_there_is_final_and_a_port_that_is_closed_is_not()
    {
        var unknown = await FailureAsync("ssh://nosuch.invalid/a", "ssh -F /dev/null");
        var server = new FakeServer(FakeAnswer.HangUp());
        await server.DisposeAsync();
        var closed = await FailureAsync($"ssh://{SshServer.Host}:{server.Port}/a", "ssh -F /dev/null");

        Assert.Equal((RemoteFailure.Unreachable, false), (unknown.Failure, unknown.IsTransient));
        Assert.Equal((RemoteFailure.Unreachable, true), (closed.Failure, closed.IsTransient));
    }

    [Theory]
    [InlineData("/no/such/ssh", RemoteFailure.Unreachable)]
    [InlineData("false", RemoteFailure.Disconnected)]
    // The words of a server that lets nobody in, and of one that has not got git.
    [InlineData("sh -c 'echo \"ERROR: Repository not found.\" >&2; exit 1' #", RemoteFailure.NotFound)]
    [InlineData("sh -c 'echo \"sh: git-upload-pack: not found\" >&2; exit 127' #", RemoteFailure.Unreachable)]
    [InlineData("sh -c 'printf \"welcome\\n\"' #", RemoteFailure.Malformed)]
    [InlineData("sh -c 'printf \"0013ERR no such way\"' #", RemoteFailure.Refused)]
    public async Task What_ssh_says_in_the_end_is_the_reason(string command, RemoteFailure reason)
    {
        var failure = await FailureAsync("ssh://h.invalid/a", command);

        Assert.Equal(reason, failure.Failure);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Fact]
    public async Task What_a_server_says_on_the_side_cannot_steer_a_terminal_nor_fill_the_memory()
    {
        var failure = await FailureAsync(
            "ssh://h.invalid/a", "sh -c 'yes banner | head -c 1000000 >&2; printf \"\\033[31mfatal: \\007no\\n\" >&2; exit 1' #");

        Assert.EndsWith("[31mfatal: no", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        Assert.InRange(failure.Message.Length, 1, 1000);
    }

    [Theory]
    [InlineData("[-oProxyCommand=touch NAME]:repo")]
    [InlineData("x@[-oProxyCommand=touch NAME]:repo")]
    [InlineData("[[-oProxyCommand=touch NAME]]:repo")]
    public async Task An_option_in_the_place_of_a_host_does_not_reach_ssh(string form)
    {
        var ssh = await SshServer.SharedAsync();
        // Without a slash, which would make it a path.
        var name = $"made-by-an-option-{Guid.NewGuid():N}";

        await Assert.ThrowsAsync<FormatException>(() => FailureAsync(form.Replace("NAME", name, StringComparison.Ordinal), ssh.Command));

        Assert.False(File.Exists(Path.Combine(Environment.CurrentDirectory, name)));
    }

    [Fact]
    public async Task A_host_in_brackets_is_reached()
    {
        var ssh = await SshServer.SharedAsync();
        var repository = await GitRepository.CreateAsync();
        var tip = await repository.CommitAsync("main", "a.txt", "one\n");
        var settings = new RemoteSettings { Http = Remote.Http, SshCommand = $"{ssh.Command} -p {ssh.Port}" };

        await using var remote = Remote.At($"{SshServer.User}@[{SshServer.Host}]:{repository.Path}", settings).Read();

        Assert.Equal([tip], (await FakeGit.ListAsync(remote)).Refs.Select(found => found.Id.ToString()));
    }

    [Theory]
    [InlineData("with space")]
    [InlineData("it's a \"quote\"")]
    [InlineData("wow!")]
    [InlineData("$HOME `id` $(id) \\x;&|<>*?[a]{b,c}~#%")]
    [InlineData("naïve-日本語-😀")]
    [InlineData("new")]
    public async Task A_path_is_one_word_for_the_far_side(string name)
    {
        var ssh = await SshServer.SharedAsync();
        var repository = await GitRepository.CreateAsync();
        var tip = await repository.CommitAsync("main", "a.txt", "one\n");
        var path = Path.Combine(Scratch.NewFolder("odd"), name);
        Directory.CreateSymbolicLink(path, repository.Path);
        var settings = new RemoteSettings { Http = Remote.Http, SshCommand = ssh.Command };
        var url = $"ssh://{SshServer.User}@{SshServer.Host}:{ssh.Port}{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

        await using var remote = Remote.At(url, settings).Read();
        var listing = await FakeGit.ListAsync(remote);

        Assert.Equal([tip], listing.Refs.Select(found => found.Id.ToString()));
    }

    [Theory]
    [InlineData("/a", "'/a'")]
    [InlineData("a'b", "'a'\\''b'")]
    [InlineData("a!b", "'a'\\!'b'")]
    public void A_word_is_quoted_as_git_quotes_it(string word, string quoted) => Assert.Equal(quoted, GitProcess.Quoted(word));

    [Fact]
    public async Task Version_2_is_asked_for_to_read_and_not_to_write()
    {
        var ssh = await SshServer.SharedAsync();
        var repository = await GitRepository.CreateAsync();
        await repository.CommitAsync("main", "a.txt", "one\n");
        var log = Path.Combine(Scratch.NewFolder("log"), "log");
        var settings = new RemoteSettings
        { Http = Remote.Http, SshCommand = $"sh -c 'echo \"$GIT_PROTOCOL.\" >>{log}; exec {ssh.Command} \"$@\"' ssh" };

        await using var read = Remote.At(ssh.Url(repository), settings).Read();
        await FakeGit.ListAsync(read);
        await using var write = Remote.At(ssh.Url(repository), settings).Write();
        await write.ListAsync(CancellationToken.None);

        Assert.Equal(["version=2.", "."], await File.ReadAllLinesAsync(log));
    }

    private static async Task<RemoteException> FailureAsync(string url, string command)
    {
        await using var remote = Remote.At(url, new RemoteSettings { Http = Remote.Http, SshCommand = command }).Read();
        return await Assert.ThrowsAsync<RemoteException>(() => FakeGit.ListAsync(remote).WaitAsync(FakeGit.Deadline));
    }
}
