using Mirror.Functions.Commands;
using Mirror.Mirroring;

namespace Mirror.Functions.Demo;

/// <summary>The steps of the demo. You can run its commands again in the folder that it leaves.</summary>
internal sealed class DemoStory(string folder, TextWriter output, SecretReader secrets)
{
    private const string RefFormat = "--format=%(objectname:short) %(refname)";

    private readonly Shell _shell = new(folder, output);

    public async Task<int> TellAsync(CancellationToken cancellation)
    {
        await PrepareAsync(cancellation);
        await SayAsync("1. Near side: all of the repository goes into the bucket, encrypted, with a signed head.");
        var status = await MirrorAsync("produce");
        await ShowBucketAsync();
        await SayAsync("2. Far side: the head's signature is checked, the bundle decrypted and pushed.");
        status |= await MirrorAsync("consume");
        await CompareAsync(cancellation);
        await SayAsync("3. The source changes: a commit, a new branch, a branch gone. Only what is new travels.");
        await ChangeAsync(cancellation);
        status |= await MirrorAsync("produce");
        status |= await MirrorAsync("consume");
        await ShowBucketAsync();
        await CompareAsync(cancellation);
        await SayAsync("4. What this side knows, and whether the bucket is sound.");
        status |= await MirrorAsync("status");
        status |= await MirrorAsync("verify");
        await SayAsync("5. Without mirror: age and git alone recover the repository from the bucket.");
        await RecoverAsync(cancellation);
        await output.WriteLineAsync($"\nAll of it is in {folder}; mirror.yaml there is a configuration to begin with.");
        return status;
    }

    private async Task PrepareAsync(CancellationToken cancellation)
    {
        await GitAsync(cancellation, "init", "--quiet", "--initial-branch=main", "source");
        await File.WriteAllTextAsync(Path.Combine(folder, "source", "readme.txt"), "A repository to be mirrored.\n", cancellation);
        await InSourceAsync(cancellation, "add", ".");
        await InSourceAsync(cancellation, "commit", "--quiet", "--message=first");
        await InSourceAsync(cancellation, "branch", "topic");
        await InSourceAsync(cancellation, "tag", "--annotate", "--message=the first release", "v1");
        await GitAsync(cancellation, "init", "--quiet", "--bare", "--initial-branch=main", "target.git");
        await KeygenCommand.RunAsync(Path.Combine(folder, "keys"), TextWriter.Null, cancellation);
        var identity = (await File.ReadAllLinesAsync(Path.Combine(folder, "keys", KeygenCommand.IdentityFile), cancellation))[0];
        var signer = (await File.ReadAllTextAsync(Path.Combine(folder, "keys", $"{KeygenCommand.SigningFile}.pub"), cancellation)).Trim();
        await File.WriteAllTextAsync(Path.Combine(folder, "mirror.yaml"), $"""
            # Both sides in one file, for the demo. Apart, each side has only its own keys, and its own state.
            store: ./bucket
            state: ./state
            age:
              recipients: [{identity.Split(' ')[^1]}]            # near side: for whom to encrypt
              identities: [file:keys/{KeygenCommand.IdentityFile}]                # far side: who decrypts
            signing:
              key: file:keys/{KeygenCommand.SigningFile}              # near side: who signs
              trusted: ["{signer}"]
            mirrors:
              - source: ./source
                destination: ./target.git
                name: demo/project

            """, cancellation);
    }

    private async Task ChangeAsync(CancellationToken cancellation)
    {
        await File.AppendAllTextAsync(Path.Combine(folder, "source", "readme.txt"), "One more line.\n", cancellation);
        await InSourceAsync(cancellation, "commit", "--quiet", "--all", "--message=second");
        await InSourceAsync(cancellation, "branch", "fix", "main~1");
        await InSourceAsync(cancellation, "branch", "--quiet", "--delete", "--force", "topic");
    }

    private async Task<int> MirrorAsync(string command)
    {
        await output.WriteLineAsync($"$ mirror {command}");
        return await MirrorCommandLine.RunAsync([command, "--config", Path.Combine(folder, "mirror.yaml")], secrets);
    }

    private async Task ShowBucketAsync()
    {
        await output.WriteLineAsync("The bucket:");
        foreach (var file in Directory.EnumerateFiles(Path.Combine(folder, "bucket"), "*.age",
            SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var name = Path.GetRelativePath(Path.Combine(folder, "bucket"), file);
            await output.WriteLineAsync($"{new FileInfo(file).Length,8} bytes  "
                + $"{name[..Math.Min(20, name.Length)]}…{name[^Math.Min(24, name.Length)..]}");
        }
    }

    private async Task CompareAsync(CancellationToken cancellation)
    {
        var source = await InSourceAsync(cancellation, "for-each-ref", RefFormat);
        var target = await _shell.ShowAsync("git", ["-C", "target.git", "for-each-ref", RefFormat], cancellation);
        await output.WriteLineAsync(source == target ? "The target's refs are the "
            + "source's." : $"The target's refs are NOT the source's, which are:\n{source}");
    }

    /// <summary>Recovers the repository by hand: decrypt each bundle, clone the first, fetch the others.</summary>
    private async Task RecoverAsync(CancellationToken cancellation)
    {
        if (!Shell.Has("age"))
        {
            await output.WriteLineAsync("age is not installed here; with it: age -d -i keys/age.key BUNDLE > 1.bundle && git clone "
                + "1.bundle recovered");
            return;
        }
        var bundles = Directory.EnumerateFiles(Path.Combine(folder, "bucket"), "*.bundle.age", SearchOption.AllDirectories)
            .OrderBy(File.GetLastWriteTimeUtc).ToList();
        for (var i = 1; i <= bundles.Count; i++)
        {
            await _shell.ShowAsync("age", ["--decrypt", "--identity", $"keys/{KeygenCommand.IdentityFile}", "--output",
                $"{i}.bundle", Path.GetRelativePath(folder, bundles[i - 1])], cancellation);
        }
        await _shell.ShowAsync("git", ["clone", "--quiet", "--mirror", "1.bundle", "recovered.git"], cancellation);
        for (var i = 2; i <= bundles.Count; i++)
        {
            await _shell.ShowAsync("git", ["-C", "recovered.git", "fetch", "--quiet", "--prune", $"../{i}.bundle", "+refs/*:refs/*"],
                cancellation);
        }
        await _shell.ShowAsync("git", ["-C", "recovered.git", "for-each-ref", RefFormat], cancellation);
    }

    private Task SayAsync(string text) => output.WriteLineAsync($"\n{text}");

    private Task<string> GitAsync(CancellationToken cancellation, params string[] arguments) =>
        _shell.RunAsync("git", arguments, cancellation);

    private Task<string> InSourceAsync(CancellationToken cancellation, params string[] arguments) =>
        GitAsync(cancellation, ["-C", "source", .. arguments]);
}
