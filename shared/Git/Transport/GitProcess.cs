using System.Diagnostics;
using System.Globalization;

namespace Mirror.Git.Transport;

/// <summary>How a service is started: as git itself does it for a local path, and through the system's ssh.</summary>
internal static class GitProcess
{
    // "git rev-parse --local-env-vars": set when we are started from a hook, they would point the service at another repository.
    private static readonly string[] LocalVariables =
    [
        "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_DIR", "GIT_GRAFT_FILE", "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX", "GIT_NO_REPLACE_OBJECTS", "GIT_OBJECT_DIRECTORY", "GIT_PREFIX", "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE", "GIT_WORK_TREE", "GIT_QUARANTINE_PATH",
    ];

    public static ProcessStartInfo For(RemoteUrl url, GitService service, RemoteSettings settings)
    {
        var start = url.Scheme == RemoteScheme.Ssh ? Ssh(url, service, settings) : Local(url, service, settings);
        ChildEnvironment.Clear(start.Environment, settings);
        if (service == GitService.UploadPack)
        {
            start.Environment["GIT_PROTOCOL"] = "version=2";
        }
        else
        {
            start.Environment.Remove("GIT_PROTOCOL");
        }
        return start;
    }

    private static ProcessStartInfo Local(RemoteUrl url, GitService service, RemoteSettings settings)
    {
        var start = new ProcessStartInfo("git");
        foreach (var variable in LocalVariables)
        {
            start.Environment.Remove(variable);
        }
        // What git says in the end is judged by its words, which are translated.
        start.Environment["LC_ALL"] = "C";
        if (settings.ChecksObjects && service == GitService.ReceivePack)
        {
            AddConfiguration(start, "transfer.fsckObjects", "true");
        }
        start.ArgumentList.Add(service == GitService.UploadPack ? "upload-pack" : "receive-pack");
        start.ArgumentList.Add(url.Path);
        return start;
    }

    /// <summary>One more setting behind those of the environment, git-config(1).</summary>
    private static void AddConfiguration(ProcessStartInfo start, string key, string value)
    {
        var count = start.Environment.TryGetValue("GIT_CONFIG_COUNT", out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        start.Environment[$"GIT_CONFIG_KEY_{count}"] = key;
        start.Environment[$"GIT_CONFIG_VALUE_{count}"] = value;
        start.Environment["GIT_CONFIG_COUNT"] = (count + 1).ToString(CultureInfo.InvariantCulture);
    }

    private static ProcessStartInfo Ssh(RemoteUrl url, GitService service, RemoteSettings settings)
    {
        // The command line may hold options of the user's own, so a shell splits it, as git lets it; our words stay apart as "$@".
        var start = new ProcessStartInfo("/bin/sh");
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"exec {settings.SshCommand} \"$@\"");
        start.ArgumentList.Add("ssh");
        foreach (var word in SshWords(url))
        {
            start.ArgumentList.Add(word);
        }
        start.ArgumentList.Add($"{service.Command()} {Quoted(url.Path)}");
        return start;
    }

    private static IEnumerable<string> SshWords(RemoteUrl url)
    {
        // A question that nobody is there to answer must fail, not wait.
        yield return "-oBatchMode=yes";
        yield return "-oSendEnv=GIT_PROTOCOL";
        if (url.Port is { } port)
        {
            yield return $"-p{port}";
        }
        // What follows is no option, whatever it begins with.
        yield return "--";
        var host = SshDestination.Bare(url.Host);
        yield return url.User is null ? host : $"{url.User}@{host}";
    }

    /// <summary>One word for the far side's shell, quoted as git's sq_quote_buf does, since csh takes ! even inside quotes.</summary>
    internal static string Quoted(string word) =>
        $"'{word.Replace("'", "'\\''", StringComparison.Ordinal).Replace("!", "'\\!'", StringComparison.Ordinal)}'";
}
