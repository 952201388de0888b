using System.Globalization;
using System.Text;
using Xunit;

namespace Mirror.Tests.Servers;

/// <summary>A bare repository that every server serves, made and changed by the real git.</summary>
public sealed class GitRepository
{
    // Shared: as root, Apache's workers are another user and must be able to push. init answers that with a ban on rewinds, hence
    // the second line. No gc: it would run on in the background while the test looks at the files.
    private const string Configuration = """
        [receive]
        	denyNonFastForwards = false
        	autogc = false
        [gc]
        	auto = 0
        [http]
        	receivepack = true

        """;

    // Each commit is a minute after the one before, as git's walks expect of a history.
    private const long FirstDate = 1_700_000_000;

    private int _commitCount;

    internal GitRepository(string name) => Name = name;

    /// <summary>The folder's name, and what stands in a URL after the server's root.</summary>
    public string Name { get; }

    public string Path => System.IO.Path.Combine(Scratch.Repositories, Name);

    public string FileUrl => $"file://{Path}";

    public static async Task<GitRepository> CreateAsync(string name = "repository", string objectFormat = "sha1")
    {
        var repository = new GitRepository($"{Scratch.Unique(name)}.git");
        await GitCommand.RunAsync(
            Scratch.Repositories, "init", "--quiet", "--bare", "--shared=0666", "--template=", "--initial-branch=main",
            $"--object-format={objectFormat}", repository.Name);
        await File.AppendAllTextAsync(System.IO.Path.Combine(repository.Path, "config"), Configuration);
        return repository;
    }

    public Task<string> GitAsync(params string[] arguments) => GitCommand.RunAsync(Path, arguments);

    /// <summary>Adds a commit to a branch, which need not exist, and returns its id.</summary>
    public Task<string> CommitAsync(string branch, string path, string content) => CommitAsync(branch, [(path, content)]);

    /// <summary>Adds one commit for each change, in one process: a long history in no time. Returns the last one's id.</summary>
    public async Task<string> CommitAsync(string branch, IEnumerable<(string Path, string Content)> changes)
    {
        var tip = await TryResolveAsync($"refs/heads/{branch}");
        using var stream = new MemoryStream();
        var from = tip is null ? "" : $"from {tip}\n";
        foreach (var (path, content) in changes)
        {
            var date = FirstDate + (60 * ++_commitCount);
            var message = $"Change {path}\n";
            var data = Encoding.UTF8.GetBytes(content);
            Write(stream, $"commit refs/heads/{branch}\nmark :1\ncommitter Committer <committer@example.invalid> {date} +0000\n");
            Write(stream, $"data {Encoding.UTF8.GetByteCount(message)}\n{message}{from}M 100644 inline {path}\ndata {data.Length}\n");
            stream.Write(data);
            Write(stream, "\n");
            from = "";
        }
        Write(stream, "get-mark :1\ndone\n");
        var import = new Command("git", "fast-import", "--quiet", "--done") { Directory = Path, Input = stream.ToArray() };
        return (await import.RunAsync()).Trim();
    }

    /// <summary>A light tag; returns the id of what it points to.</summary>
    public async Task<string> TagAsync(string name, string target)
    {
        await GitAsync("tag", name, target);
        return await ResolveAsync($"refs/tags/{name}");
    }

    /// <summary>An annotated tag, of a commit or of anything else; returns the tag object's id.</summary>
    public async Task<string> AnnotatedTagAsync(string name, string target)
    {
        await GitAsync("tag", "--annotate", "--message", $"Tag {name}", name, target);
        return await ResolveAsync($"refs/tags/{name}");
    }

    public Task SetRefAsync(string name, string target) => GitAsync("update-ref", name, target);

    public Task DeleteRefAsync(string name) => GitAsync("update-ref", "-d", name);

    /// <summary>Makes HEAD name a branch, which need not exist.</summary>
    public Task SetHeadAsync(string branch) => GitAsync("symbolic-ref", "HEAD", $"refs/heads/{branch}");

    public Task<string> ResolveAsync(string revision) => GitAsync("rev-parse", "--verify", revision);

    public Task ConfigAsync(string key, string value) => GitAsync("config", key, value);

    /// <summary>Every ref and what it points to, unpeeled, in the order of their bytes.</summary>
    public async Task<SortedDictionary<string, string>> RefsAsync()
    {
        var refs = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var lines = await GitAsync("for-each-ref", "--format=%(objectname) %(refname)");
        foreach (var line in lines.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            refs.Add(line[(space + 1)..], line[..space]);
        }
        return refs;
    }

    /// <summary>Asserts that git finds nothing wrong: no missing, broken or badly formed object.</summary>
    public async Task FsckAsync()
    {
        var result = await new Command("git", "fsck", "--strict", "--no-dangling", "--no-progress") { Directory = Path }.TryRunAsync();
        // An empty repository and an unborn HEAD are noticed, and are nothing wrong.
        var complaints = (result.Output + result.Error).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => !line.StartsWith("notice: ", StringComparison.Ordinal));
        Assert.Empty(complaints);
        Assert.Equal(0, result.ExitCode);
    }

    /// <summary>Installs a hook, such as <c>pre-receive</c>, that /bin/sh runs.</summary>
    public async Task InstallHookAsync(string name, string script)
    {
        var folder = Directory.CreateDirectory(System.IO.Path.Combine(Path, "hooks"));
        var file = System.IO.Path.Combine(folder.FullName, name);
        await File.WriteAllTextAsync(file, $"#!/bin/sh\n{script}\n");
        await new Command("chmod", "-R", "a+rX,u+x,a+x", folder.FullName).RunAsync();
    }

    /// <summary>Lets somebody else do something, once: between a pusher's look at this repository and the move of its refs. The file
    /// <c>raced</c> says that it was done.</summary>
    public Task InstallRaceAsync(string commands) =>
        InstallHookAsync("pre-receive", $"[ -e raced ] || {{ touch raced; unset GIT_QUARANTINE_PATH; {commands}; }}");

    private async Task<string?> TryResolveAsync(string name)
    {
        var result = await new Command("git", "rev-parse", "--quiet", "--verify", name) { Directory = Path }.TryRunAsync();
        return result.ExitCode == 0 ? result.Output.Trim() : null;
    }

    private static void Write(Stream stream, FormattableString text) =>
        stream.Write(Encoding.UTF8.GetBytes(text.ToString(CultureInfo.InvariantCulture)));

    private static void Write(Stream stream, string text) => stream.Write(Encoding.UTF8.GetBytes(text));

    public override string ToString() => Path;
}
