using System.Security.Cryptography;
using System.Text;

namespace Mirror.Tests.Servers;

/// <summary>One start of Apache: its ports, its files, and the httpd.conf that says so.</summary>
internal sealed record ApacheConfiguration
{
    private const string ModulesFolder = "/usr/lib/apache2/modules";

    // Debian links the others that are needed (core, unixd, log_config, logio) into the executable.
    private static readonly string[] Modules =
    [
        "mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "alias", "env", "setenvif", "headers",
        "cgid", "ssl", "http2", "log_forensic",
    ];

    private ApacheConfiguration(string folder, ThrowawayCertificate certificate)
    {
        Folder = folder;
        Certificate = certificate;
    }

    private string Folder { get; }

    public ThrowawayCertificate Certificate { get; }

    public int Port { get; } = ServerProcess.FreePort();

    public int OtherPort { get; } = ServerProcess.FreePort();

    public int TlsPort { get; } = ServerProcess.FreePort();

    public string AccessLog => Path.Combine(Folder, "access.log");

    public string ForensicLog => Path.Combine(Folder, "forensic.log");

    public string ErrorLog => Path.Combine(Folder, "error.log");

    private string PidFile => Path.Combine(Folder, "apache.pid");

    public ServerStart Start =>
        new(ServerProcess.Find("apache2"), ["-D", "FOREGROUND", "-f", Path.Combine(Folder, "httpd.conf")], PidFile, ErrorLog);

    public static ApacheConfiguration Write(string folder, ThrowawayCertificate certificate)
    {
        var configuration = new ApacheConfiguration(folder, certificate);
        File.WriteAllText(Path.Combine(folder, "httpd.conf"), configuration.Text);
        configuration.WritePassword(ApacheServer.Password);
        File.WriteAllText(Path.Combine(folder, "page.html"), "<!DOCTYPE html>\n<title>Sign in</title>\n");
        return configuration;
    }

    /// <summary>Replaced in one step: Apache reads the file for each request.</summary>
    public void WritePassword(string password)
    {
        // The one form of htpasswd that needs no other tool; nobody's secret is in it.
#pragma warning disable CA5350
        var hash = Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(password)));
#pragma warning restore CA5350
        var file = Path.Combine(Folder, "passwords");
        File.WriteAllText($"{file}.new", $"{ApacheServer.Username}:{{SHA}}{hash}\n");
        File.Move($"{file}.new", file, overwrite: true);
    }

    private string Text => $"""
        ServerRoot "{Folder}"
        ServerName 127.0.0.1
        PidFile "{PidFile}"
        DefaultRuntimeDir "{Folder}"
        {string.Concat(Modules.Select(module => $"LoadModule {module}_module {ModulesFolder}/mod_{module}.so\n"))}
        # Workers of root are www-data; anybody else's are their own.
        {(Environment.IsPrivilegedProcess ? "User www-data\nGroup www-data" : "")}

        StartServers 1
        ServerLimit 1
        ThreadsPerChild 64
        MaxRequestWorkers 64
        MaxKeepAliveRequests 0
        Timeout 60
        # Since 2.4.54 the default is 1 GiB.
        LimitRequestBody 0
        ScriptSock "{Folder}/cgi.sock"

        ErrorLog "{ErrorLog}"
        LogLevel warn
        # The forensic log has a line for each request's begin, with its headers; the access log one for its end.
        ForensicLog "{ForensicLog}"
        LogFormat "%{"{forensic-id}"}n\t%>s\t%I\t%O\t%H" ends
        CustomLog "{AccessLog}" ends

        Listen 127.0.0.1:{Port}
        Listen 127.0.0.1:{OtherPort}
        Listen 127.0.0.1:{TlsPort}

        {Site($"127.0.0.1:{Port} 127.0.0.1:{OtherPort}", $"http://localhost:{OtherPort}")}
        {Site($"127.0.0.1:{TlsPort}", $"https://localhost:{TlsPort}", $"""
            SSLEngine on
            SSLCertificateFile "{Certificate.CertificateFile}"
            SSLCertificateKeyFile "{Certificate.KeyFile}"
            Protocols h2 http/1.1
            """)}

        """;

    private string Site(string addresses, string elsewhere, string more = "") => $"""
        <VirtualHost {addresses}>
            ScriptAliasMatch "^/(?:git|v0|auth)/(.*)$" "{BackendFolder}/git-http-backend/$1"
            <Directory "{BackendFolder}">
                Require all granted
            </Directory>
            {GitEnvironment}

            # git before 2.36 does not read the header itself.
            <LocationMatch "^/(git|auth)/">
                SetEnvIf Git-Protocol ".+" GIT_PROTOCOL=$0
            </LocationMatch>
            <Location "/v0">
                RequestHeader unset Git-Protocol
            </Location>
            <Location "/auth">
                AuthType Basic
                AuthName "mirror tests"
                AuthUserFile "{Folder}/passwords"
                Require valid-user
            </Location>

            RedirectMatch 302 "^/redirect/(.*)$" "/git/$1"
            RedirectMatch 302 "^/elsewhere/(.*)$" "{elsewhere}/git/$1"
            AliasMatch "^/html/" "{Folder}/page.html"
            <Directory "{Folder}">
                ForceType text/html
                Require all granted
            </Directory>
            {more}
        </VirtualHost>
        """;

    private static string BackendFolder { get; } = FindBackendFolder();

    private static string FindBackendFolder()
    {
        var folder = GitCommand.RunAsync(Scratch.Root, "--exec-path").GetAwaiter().GetResult();
        return File.Exists(Path.Combine(folder, "git-http-backend"))
            ? folder
            : throw new InvalidOperationException("git http-backend is not installed: run tests/run");
    }

    private static string GitEnvironment => string.Join('\n',
        Command.Neutral.Where(variable => variable.Key.StartsWith("GIT_CONFIG_", StringComparison.Ordinal))
            .Append(new("GIT_PROJECT_ROOT", Scratch.Repositories))
            .Append(new("GIT_HTTP_EXPORT_ALL", "1"))
            .Select(variable => $"SetEnv {variable.Key} \"{variable.Value}\""));
}
