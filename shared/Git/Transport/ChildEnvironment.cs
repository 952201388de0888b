namespace Mirror.Git.Transport;

/// <summary>
/// Removes secrets from the environment of a child process. Hooks of a local target and a ProxyCommand of ssh run programs of others,
/// which need none of our secrets. The variables that git and ssh need stay:
/// PATH, HOME, SSH_AUTH_SOCK, GIT_*, the proxies, TMPDIR, the locale.
/// </summary>
internal static class ChildEnvironment
{
    // Variables of clouds and their hosts, of this program, and of telemetry. They hold a secret or give access to one.
    private static readonly string[] Prefixes =
    [
        "APPSETTING_", "ARM_", "AWS_", "AZURE_", "AzureWebJobs", "CLOUDSDK_", "FUNCTIONS_", "GCP_", "GOOGLE_", "IDENTITY_", "MIRROR_",
        "MSI_", "OTEL_", "WEBSITE_",
    ];

    // The usual names of tokens of forges and CI services: GITHUB_TOKEN, SYSTEM_ACCESSTOKEN, PGPASSWORD.
    // PWD and SSH_ASKPASS do not match.
    private static readonly string[] Suffixes =
    [
        "TOKEN", "PASSWORD", "SECRET", "_PASS", "_PWD", "_PAT", "_AUTH", "_AUTH_CONFIG", "_SECRET_KEY", "_ACCESS_KEY", "_API_KEY",
        "_PRIVATE_KEY", "_CONNECTION_STRING", "_SAS",
    ];

    // CI_JOB_JWT_V2, and SQLCONNSTR_NAME, the name under which App Service passes a connection string on.
    private static readonly string[] Parts = ["_JWT", "CONNSTR_"];

    // Most programs need these. Their values are paths and user names, which may contain a short password by chance.
    private static readonly HashSet<string> Places = new(StringComparer.Ordinal)
    { "HOME", "LANG", "LOGNAME", "OLDPWD", "PATH", "PWD", "SHELL", "SSH_AUTH_SOCK", "TERM", "TMPDIR", "TZ", "USER" };

    // git settings that hold a login, and that neither git upload-pack nor git receive-pack reads.
    private static readonly string[] SecretSettings = [".extraheader", "credential."];

    /// <param name="environment">The environment that the child inherits.</param>
    /// <param name="settings">Names further secret variables and values.</param>
    public static void Clear(IDictionary<string, string?> environment, RemoteSettings settings)
    {
        foreach (var (name, value) in environment.ToList())
        {
            if (TryNumberOfSetting(name, out var number))
            {
                ClearSetting(environment, number, settings);
            }
            else if (IsSecret(name) || settings.SecretVariables.Contains(name)
                || (!Places.Contains(name) && value is not null && HoldsSecret(name, value, settings)))
            {
                environment.Remove(name);
            }
        }
    }

    private static bool IsSecret(string name) =>
        Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || Array.Exists(Suffixes, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
        || Array.Exists(Parts, part => name.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static bool HoldsSecret(string name, string value, RemoteSettings settings) =>
        settings.HoldsSecret(value) || (name == "GIT_CONFIG_PARAMETERS" && IsSecretSetting(value));

    private static bool IsSecretSetting(string key) =>
        Array.Exists(SecretSettings, part => key.Contains(part, StringComparison.OrdinalIgnoreCase));

    private static bool TryNumberOfSetting(string name, out string number)
    {
        const string prefix = "GIT_CONFIG_KEY_";
        number = name.StartsWith(prefix, StringComparison.Ordinal) ? name[prefix.Length..] : "";
        return number.Length > 0;
    }

    /// <summary>Empties a setting of GIT_CONFIG_COUNT.
    /// It is not removed, since git fails when one of them is missing, git-config(1).</summary>
    private static void ClearSetting(IDictionary<string, string?> environment, string number, RemoteSettings settings)
    {
        var (key, value) = ($"GIT_CONFIG_KEY_{number}", $"GIT_CONFIG_VALUE_{number}");
        environment.TryGetValue(value, out var text);
        if (IsSecretSetting(environment[key] ?? "") || settings.HoldsSecret(environment[key] ?? "") || settings.HoldsSecret(text ?? ""))
        {
            (environment[key], environment[value]) = ("mirror.removed", "");
        }
    }
}
