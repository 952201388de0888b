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
        "ARM_", "AWS_", "AZURE_", "AzureWebJobs", "CLOUDSDK_", "FUNCTIONS_", "GCP_", "GOOGLE_", "IDENTITY_", "MIRROR_", "MSI_", "OTEL_",
        "WEBSITE_",
    ];

    // As tokens of forges and CI services are called: GITHUB_TOKEN, CI_JOB_TOKEN, GITEA_PASSWORD.
    private static readonly string[] Suffixes =
        ["_TOKEN", "_PASSWORD", "_SECRET", "_SECRET_KEY", "_ACCESS_KEY", "_API_KEY", "_PRIVATE_KEY", "_CONNECTION_STRING", "_SAS"];

    /// <param name="environment">A child's, as it is inherited.</param>
    /// <param name="named">Further variables, which the configuration names as secrets.</param>
    public static void Clear(IDictionary<string, string?> environment, IReadOnlyCollection<string> named)
    {
        foreach (var name in environment.Keys.Where(name => IsSecret(name) || named.Contains(name)).ToList())
        {
            environment.Remove(name);
        }
    }

    internal static bool IsSecret(string name) =>
        Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
        || Array.Exists(Suffixes, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));
}
