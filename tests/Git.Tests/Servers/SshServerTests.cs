using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Servers;

public class SshServerTests
{
    [Fact]
    public async Task Clones_are_whole_and_pushes_arrive()
    {
        var ssh = await SshServer.SharedAsync();
        var repository = await GitRepository.CreateAsync("with space");
        await repository.CommitAsync("main", "a.txt", "one\n");
        var work = Scratch.NewFolder("work");

        await Git(ssh, work, "clone", "--quiet", ssh.Url(repository), ".").RunAsync();
        await GitCommand.RunAsync(work, "commit", "--quiet", "--allow-empty", "--message", "pushed");
        await Git(ssh, work, "push", "--quiet", "origin", "HEAD:other").RunAsync();

        Assert.Equal(await GitCommand.RunAsync(work, "rev-parse", "HEAD"), await repository.ResolveAsync("other"));
    }

    [Theory]
    [InlineData(2, true)]
    [InlineData(0, false)]
    public async Task Version_2_is_spoken_to_those_who_ask(int version, bool isVersion2)
    {
        var ssh = await SshServer.SharedAsync();
        var repository = await GitRepository.CreateAsync();

        var result = await Git(ssh, Scratch.Root, "-c", $"protocol.version={version}", "ls-remote", ssh.Url(repository)).TryRunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(isVersion2, result.Error.Contains("< version 2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_the_generated_key_is_let_in()
    {
        var ssh = await SshServer.SharedAsync();
        var other = await SshServer.StartAsync();
        var repository = await GitRepository.CreateAsync();
        // Another server's key and known hosts: its host key is not this server's either, which is not to be the reason here.
        var command = $"{other.Command} -o StrictHostKeyChecking=no".Replace("-o StrictHostKeyChecking=yes ", "", StringComparison.Ordinal)
            .Replace("HostKeyAlias=mirror-tests", "HostKeyAlias=anybody", StringComparison.Ordinal);

        var list = GitCommand.Of("ls-remote", ssh.Url(repository)) with { Environment = new() { ["GIT_SSH_COMMAND"] = command } };
        var result = await list.TryRunAsync();
        await other.DisposeAsync();

        Assert.Contains("Permission denied (publickey)", result.Error, StringComparison.Ordinal);
    }

    private static Command Git(SshServer ssh, string directory, params string[] arguments) => GitCommand.Of(arguments) with
    {
        Directory = directory,
        Environment = new() { ["GIT_SSH_COMMAND"] = ssh.Command, ["GIT_TRACE_PACKET"] = "1" },
    };
}
