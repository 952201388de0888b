namespace Mirror.Git.Transport;

/// <summary>
/// What of our environment a child process gets. A hook of a local target and a ProxyCommand of ssh run what others have written, and need
/// none of the secrets that we work with. What git and ssh need stays: PATH, HOME, SSH_AUTH_SOCK, GIT_*, the proxies, TMPDIR, the locale.
/// </summary>
internal static class ChildEnvironment
{
    // Of clouds and their hosts, of ourselves, and of where telemetry is sent: some hold a secret, others lead to one.
    private static readonly string[] Prefixes =
    [
        "APPSETTING_", "ARM_", "AWS_", "AZURE_", "AzureWebJobs", "CLOUDSDK_", "FUNCTIONS_", "GCP_", "GOOGLE_", "IDENTITY_", "MIRROR_",
        "MSI_", "OTEL_", "WEBSITE_",
    ];

    // As tokens of forges and CI services are called: GITHUB_TOKEN, SYSTEM_ACCESSTOKEN, PGPASSWORD. PWD and SSH_ASKPASS do not match.
    private static readonly string[] Suffixes =
    [
        "TOKEN", "PASSWORD", "SECRET", "_PASS", "_PWD", "_PAT", "_AUTH", "_AUTH_CONFIG", "_SECRET_KEY", "_ACCESS_KEY", "_API_KEY",
        "_PRIVATE_KEY", "_CONNECTION_STRING", "_SAS",
    ];

    // CI_JOB_JWT_V2; SQLCONNSTR_NAME, as App Service passes connection strings on.
    private static readonly string[] Parts = ["_JWT", "CONNSTR_"];

    // Without these nothing runs. They name places and people, in which a short password may occur by chance.
    private static readonly HashSet<string> Places = new(StringComparer.Ordinal)
    { "HOME", "LANG", "LOGNAME", "OLDPWD", "PATH", "PWD", "SHELL", "SSH_AUTH_SOCK", "TERM", "TMPDIR", "TZ", "USER" };

    // Settings that hold a login and that neither git upload-pack nor git receive-pack reads.
    private static readonly string[] SecretSettings = [".extraheader", "credential."];

    /// <param name="environment">A child's, as it is inherited.</param>
    /// <param name="settings">Which further names and values are secret.</param>
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

    /// <summary>Empties a setting of GIT_CONFIG_COUNT. Git refuses to start where one of them is missing, git-config(1).</summary>
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
