using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary><c>mirror sync</c> from the outside: what it prints where, and how it ends.</summary>
public sealed class SyncCommandTests
{
    [Fact]
    public async Task Two_paths_are_all_it_needs()
    {
        var (source, target) = await PairAsync();

        var result = await new MirrorProgram().RunAsync("sync", source.Path, target.Path);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Matches(@"^target-\d+: updated, 1 ref created, [0-9.]+ k?B in [0-9.]+ s\n$", result.Output);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
    }

    [Theory]
    [InlineData("sync")]
    [InlineData("sync --json")]
    public async Task On_a_terminal_it_draws_what_it_does_and_leaves_the_result(string command)
    {
        var (source, target) = await PairAsync();
        await source.CommitAsync("main", Enumerable.Range(0, 3_000).Select(i => ($"f{i % 50}", $"{i}\n")));
        var program = Path.Combine(AppContext.BaseDirectory, "mirror.dll");
        // script(1) gives it a terminal of its own.
        var terminal = new Command(
            "script", "--quiet", "--return", "--command", $"dotnet {program} {command} {source.Path} {target.Path}", "/dev/null")
        {
            Environment = new Dictionary<string, string?> { ["TERM"] = "xterm" },
        };

        var result = await terminal.TryRunAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(command == "sync" ? "updated, 1 ref created" : "\"outcome\":\"updated\"", result.Output, StringComparison.Ordinal);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
    }

    [Fact]
    public async Task Json_is_one_object_a_mirror_and_nothing_else()
    {
        var (source, target) = await PairAsync();
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", $"""
            mirrors:
              - source: {source.Path}
                destination: {target.Path}
                name: ce/routy
              - source: /nowhere/x.git
                destination: /nowhere/y.git
                name: ce/broken
            """);

        var result = await program.RunAsync("sync", "--json", "-j", "2");

        Assert.Equal(1, result.ExitCode);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal(2, lines.Count);
        var good = lines.Single(line => line.GetProperty("mirror").GetString() == "ce/routy");
        Assert.Equal(
            ["mirror", "outcome", "sequence", "kind", "refs", "bytes", "seconds", "error", "proven"],
            good.EnumerateObject().Select(property => property.Name));
        Assert.Equal("""{"created":1,"updated":0,"deleted":0,"rejected":0}""", good.GetProperty("refs").GetRawText());
        Assert.Equal("updated", good.GetProperty("outcome").GetString());
        var bad = lines.Single(line => line.GetProperty("mirror").GetString() == "ce/broken");
        Assert.Equal("not-found", bad.GetProperty("error").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData]
    [InlineData("--dry-run")]
    public async Task A_mirror_that_it_does_not_support_fails_alone(params string[] options)
    {
        var (source, target) = await PairAsync();
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", $$"""
            mirrors:
              - { source: {{source.Path}}, destination: /nowhere/y.git, name: a/refusing, diverged: refuse }
              - { source: {{source.Path}}, destination: {{target.Path}}, name: b/well }
            """);

        var all = await program.RunAsync(["sync", "--json", "-j", "1", .. options]);
        var only = await program.RunAsync(["sync", "--only", "b/*", .. options]);

        var lines = all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.Equal((1, 0), (all.ExitCode, only.ExitCode));
        Assert.Equal(["failed", "updated"], lines.Select(line => line.GetProperty("outcome").GetString()));
        Assert.Equal("configuration", lines[0].GetProperty("error").GetProperty("reason").GetString());
        Assert.Equal("'diverged: refuse' is not supported by sync yet, only overwrite",
            lines[0].GetProperty("error").GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_dry_run_lists_every_ref()
    {
        var (source, target) = await PairAsync();

        var result = await new MirrorProgram().RunAsync("sync", "--dry-run", source.Path, target.Path);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("  create refs/heads/main ", result.Output, StringComparison.Ordinal);
        Assert.Empty(await target.RefsAsync());
    }

    [Fact]
    public async Task An_error_says_what_where_and_what_next()
    {
        var (_, target) = await PairAsync();

        var result = await new MirrorProgram().RunAsync("sync", "/nowhere/x.git", target.Path);

        Assert.Equal(1, result.ExitCode);
        Assert.Matches(@"error: target-\d+: /nowhere/x\.git: read refs: .*does not appear to be a git repository", result.Error);
        Assert.Contains("next: check the URL", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sync takes a SOURCE and a TARGET", "sync", "one")]
    [InlineData("unknown option '--nonsense'", "sync", "a", "b", "--nonsense")]
    [InlineData("mirror.yaml: no such file", "sync")]
    [InlineData("not an interval", "sync", "a", "b", "--watch", "soon")]
    [InlineData("--parallel takes 1 to 256", "sync", "a", "b", "-j", "0")]
    [InlineData("--ref goes with SOURCE and TARGET", "sync", "--ref", "refs/heads/x")]
    [InlineData("more than one '*'", "sync", "a", "b", "--ref", "refs/*/*")]
    [InlineData("'ftp://' is not supported", "sync", "ftp://host/a", "b")]
    public async Task Wrong_usage_ends_with_2(string words, params string[] arguments)
    {
        var result = await new MirrorProgram().RunAsync(arguments);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_configuration_names_file_line_and_column()
    {
        var program = new MirrorProgram();
        await program.WriteAsync("mirror.yaml", "mirrors:\n  - sorce: /a\n    destination: /b\n");

        var result = await program.RunAsync("sync");

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("mirror.yaml:2:5: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("did you mean 'source'", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_password_is_read_from_where_the_configuration_says_and_never_shown()
    {
        var (source, target) = await PairAsync();
        var apache = await ApacheServer.SharedAsync();
        var program = new MirrorProgram { Environment = { ["TOKEN"] = ApacheServer.Password, ["WRONG"] = "wrong-secret-word" } };
        string Configuration(string variable) => $"""
            credentials:
              - match: http://127.0.0.1:{apache.Port}/
                username: {ApacheServer.Username}
                password: env:{variable}
            mirrors:
              - source: {source.Path}
                destination: {apache.Url(target, Route.Auth)}
                name: ce/routy
            """;
        await program.WriteAsync("mirror.yaml", Configuration("TOKEN"));
        await program.WriteAsync("wrong.yaml", Configuration("WRONG"));

        var refused = await program.RunAsync("sync", "-v", "-c", "wrong.yaml");
        var taken = await program.RunAsync("sync", "-v");

        Assert.Equal((1, 0), (refused.ExitCode, taken.ExitCode));
        Assert.Contains("HTTP 401", refused.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret-word", refused.Error + refused.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(ApacheServer.Password, taken.Error + taken.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Netrc_and_userinfo_are_used_too()
    {
        var (source, target) = await PairAsync();
        var apache = await ApacheServer.SharedAsync();
        var url = new Uri(apache.Url(target, Route.Auth));
        var program = new MirrorProgram();
        await program.WriteAsync(".netrc", $"machine {url.Host} login {ApacheServer.Username} password {ApacheServer.Password}\n");

        Assert.Equal(0, (await program.RunAsync("sync", source.Path, url.AbsoluteUri)).ExitCode);

        var userinfo =
            $"{url.Scheme}://{ApacheServer.Username}:{Uri.EscapeDataString(ApacheServer.Password)}@{url.Authority}{url.AbsolutePath}";
        var result = await new MirrorProgram().RunAsync("sync", source.Path, userinfo);
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain(ApacheServer.Password, result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_chooses_by_name()
    {
        var (source, target) = await PairAsync();
        var program = new MirrorProgram();
        await program.WriteAsync("m.yaml", $"mirrors:\n  - {{ source: {source.Path}, destination: {target.Path}, name: a/b }}\n"
            + "  - { source: /no, destination: /nowhere, name: c/d }\n");

        Assert.Equal(0, (await program.RunAsync("sync", "-c", "m.yaml", "--only", "a/*")).ExitCode);
        var none = await program.RunAsync("sync", "-c", "m.yaml", "--only", "x/*");
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("no mirror has such a name", none.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _mirror mirror")]
    [InlineData("zsh", "compdef _mirror mirror")]
    [InlineData("fish", "complete -c mirror")]
    public async Task Completion_prints_a_script(string shell, string words)
    {
        var result = await new MirrorProgram().RunAsync("completion", shell);

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(words, result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_and_version_teach()
    {
        Assert.Contains("mirror sync", (await new MirrorProgram().RunAsync("sync", "--help")).Output, StringComparison.Ordinal);
        Assert.Equal("0.1.0", (await new MirrorProgram().RunAsync("--version")).Output.Trim());
    }

    [Fact]
    public async Task Nothing_is_left_behind_in_home_or_where_it_was_started()
    {
        var (source, target) = await PairAsync();
        var program = new MirrorProgram();

        await program.RunAsync("sync", source.Path, target.Path);

        Assert.Empty(Directory.EnumerateFileSystemEntries(program.Directory));
    }

    private static async Task<(GitRepository Source, GitRepository Target)> PairAsync()
    {
        var source = await GitRepository.CreateAsync("source");
        await source.CommitAsync("main", "a.txt", "one\n");
        return (source, await GitRepository.CreateAsync("target"));
    }
}
