using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>What git, ssh and the hooks of a local target see of the environment, by real ones that write down theirs.</summary>
public sealed class ChildEnvironmentTests
{
    private static readonly Dictionary<string, string?> Hidden = new()
    {
        ["AWS_SECRET_ACCESS_KEY"] = "s1",
        ["AWS_SESSION_TOKEN"] = "s2",
        ["AZURE_CLIENT_SECRET"] = "s3",
        ["AZURE_STORAGE_CONNECTION_STRING"] = "s4",
        ["ARM_CLIENT_SECRET"] = "s5",
        ["GOOGLE_APPLICATION_CREDENTIALS"] = "s6",
        ["IDENTITY_HEADER"] = "s7",
        ["AzureWebJobsStorage"] = "s8",
        ["OTEL_EXPORTER_OTLP_HEADERS"] = "s9",
        ["GITHUB_TOKEN"] = "s10",
        ["MIRROR_SIGNING_KEY"] = "env:SIGNING",
        ["SIGNING"] = "s11",
        ["FOR_THE_SOURCE"] = "s12-of-the-source",
        ["ORDINARY_COPY"] = "https://u:s12-of-the-source@h",
        ["FOR_A_LISTENER"] = "s13",
    };

    private static readonly Dictionary<string, string?> Kept = new()
    {
        ["SSH_AUTH_SOCK"] = "/no/agent",
        ["GIT_SSL_CAINFO"] = "/no/ca",
        ["https_proxy"] = "http://proxy.invalid:1",
        ["TMPDIR"] = Path.GetTempPath(),
        ["ORDINARY"] = "x",
    };

    [Theory]
    [InlineData("file")]
    [InlineData("ssh")]
    public async Task Children_get_no_secret_of_ours(string way)
    {
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        await source.CommitAsync("main", "a.txt", "one\n");
        var program = new MirrorProgram();
        var (seen, ssh) = (program.PathOf("seen"), await SshServer.SharedAsync());
        if (way == "file")
        {
            await target.InstallHookAsync("pre-receive", $"env -0 >>'{seen}'");
        }
        await program.WriteAsync("ssh", $"#!/bin/sh\nenv -0 >>'{seen}'\nexec {ssh.Command} \"$@\"\n");
        await new Command("chmod", "+x", program.PathOf("ssh")).RunAsync();
        foreach (var (name, value) in Hidden.Concat(Kept).Append(new("GIT_SSH", program.PathOf("ssh"))))
        {
            program.Environment[name] = value;
        }
        await program.WriteAsync("mirror.yaml", $$"""
            credentials: [{ match: https://git.example, username: u, password: env:FOR_THE_SOURCE }]
            mirrors:
              - source: {{source.Path}}
                destination: {{(way == "ssh" ? ssh.Url(target) : target.Path)}}
                ping_url: env:FOR_A_LISTENER
                name: a

            """);

        var result = await program.RunAsync("sync");

        // Nobody listens at the ping's URL, which is none.
        Assert.True(result.ExitCode == 0, result.Error);
        var variables = (await program.ReadAsync("seen")).Split('\0').Select(line => line.Split('=')[0]).ToHashSet();
        Assert.Empty(variables.Intersect(Hidden.Keys));
        Assert.Empty(Kept.Keys.Append("PATH").Append("HOME").Except(variables));
    }
}
