using System.Diagnostics;
using System.Globalization;

namespace Mirror.Git.Transport;

/// <summary>Starts a service: the git program for a local path, the system's ssh for an ssh URL.</summary>
internal static class GitProcess
{
    // The variables of "git rev-parse --local-env-vars".
    // They are set when a hook starts us, and would point the service at another repository.
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
        // Failures are classified by git's messages, which must not be translated.
        start.Environment["LC_ALL"] = "C";
        if (settings.ChecksObjects && service == GitService.ReceivePack)
        {
            AddConfiguration(start, "transfer.fsckObjects", "true");
        }
        start.ArgumentList.Add(service == GitService.UploadPack ? "upload-pack" : "receive-pack");
        start.ArgumentList.Add(url.Path);
        return start;
    }

    /// <summary>Adds a setting after those of the environment, git-config(1).</summary>
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
        // As in git, a shell splits the command line, which may have the user's own options. Our arguments are passed unsplit as "$@".
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
        // ssh must fail instead of waiting for an answer to a question.
        yield return "-oBatchMode=yes";
        yield return "-oSendEnv=GIT_PROTOCOL";
        if (url.Port is { } port)
        {
            yield return $"-p{port}";
        }
        // Words after this are not options, even with a leading '-'.
        yield return "--";
        var host = SshDestination.Bare(url.Host);
        yield return url.User is null ? host : $"{url.User}@{host}";
    }

    /// <summary>Quotes one word for the far side's shell, like git's sq_quote_buf: csh expands ! even inside quotes.</summary>
    internal static string Quoted(string word) =>
        $"'{word.Replace("'", "'\\''", StringComparison.Ordinal).Replace("!", "'\\!'", StringComparison.Ordinal)}'";
}
