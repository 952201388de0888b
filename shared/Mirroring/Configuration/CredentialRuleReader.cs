namespace Mirror.Mirroring;

/// <summary>Reads the list of credentials.</summary>
internal sealed class CredentialRuleReader(string directory, ErrorList errors)
{
    private static readonly Dictionary<string, string[]> KeysOf = new()
    {
        ["https"] = ["username", "password", "github_app"],
        ["az"] = ["connection_string", "sas"],
        ["s3"] = ["access_key", "secret_key", "session_token", "profile"],
    };

    private readonly Dictionary<UrlPrefix, int> _lines = [];

    public IReadOnlyList<CredentialRule> ReadAll(IReadOnlyList<YamlValue> items) => [.. items.Select(Read).OfType<CredentialRule>()];

    private CredentialRule? Read(YamlValue item)
    {
        if (item is not YamlMap map)
        {
            errors.Add(item.At, $"a credential must be a mapping, not {item.Kind}");
            return null;
        }
        var section = Section.Open(map, errors, ["match", .. KeysOf.Values.SelectMany(keys => keys)]);
        var match = ReadMatch(section);
        if (match is null)
        {
            return null;
        }
        ReportForeign(section, match);
        ConfiguredLogin? login = match.Scheme switch
        {
            "az" => ReadAzure(section),
            "s3" => ReadS3(section),
            _ => section.Has("github_app") ? ReadApp(section) : ReadUser(section),
        };
        return login is null ? null : new CredentialRule(match, login);
    }

    /// <summary>Keys that belong to a login of another kind.</summary>
    private void ReportForeign(Section section, UrlPrefix match)
    {
        var own = KeysOf.GetValueOrDefault(match.Scheme) ?? KeysOf["https"];
        foreach (var key in KeysOf.Values.Except([own]).SelectMany(keys => keys).Where(section.Has))
        {
            errors.Add(section.KeyAt(key), $"'{key}' is not for {match.Scheme}://, which takes {string.Join(", ", own)}");
        }
    }

    private UrlPrefix? ReadMatch(Section section)
    {
        section.Require("match");
        var match = section.Read<UrlPrefix?>("match", null, UrlPrefix.Parse);
        if (match is not null && !_lines.TryAdd(match, section.At.Line))
        {
            errors.Add(section.KeyAt("match"), $"the credential on line {_lines[match]} is for the same URL");
        }
        return match;
    }

    private UserPassword? ReadUser(Section section)
    {
        section.Require("username", "password");
        var username = section.Read<string?>("username", null, ParseUsername);
        var password = section.Read<SecretReference?>("password", null, ParseSecret);
        return username is not null && password is not null ? new UserPassword(username, password) : null;
    }

    private GitHubApp? ReadApp(Section section)
    {
        RefuseBeside(section, "github_app", "username", "password");
        var app = section.Sub("github_app", "app_id", "private_key");
        if (app?.Require("app_id", "private_key") != true)
        {
            return null;
        }
        var id = app.Read("app_id", 0, ConfigurationReader.ParseAppId);
        var key = app.Read<SecretReference?>("private_key", null, ParseSecret);
        return key is null ? null : new GitHubApp(id, key);
    }

    private ConfiguredLogin? ReadAzure(Section section)
    {
        if (section.Has("sas"))
        {
            RefuseBeside(section, "sas", "connection_string");
            return section.Read<SecretReference?>("sas", null, ParseSecret) is { } token ? new AzureSignature(token) : null;
        }
        section.Require("connection_string");
        return section.Read<SecretReference?>("connection_string", null, ParseSecret) is { } text ? new AzureConnectionString(text) : null;
    }

    private ConfiguredLogin? ReadS3(Section section)
    {
        if (section.Has("profile"))
        {
            RefuseBeside(section, "profile", "access_key", "secret_key", "session_token");
            return section.Text("profile") is { } name ? new S3Profile(name) : null;
        }
        section.Require("access_key", "secret_key");
        var access = section.Read<SecretReference?>("access_key", null, ParseSecret);
        var secret = section.Read<SecretReference?>("secret_key", null, ParseSecret);
        var token = section.Read<SecretReference?>("session_token", null, ParseSecret);
        return access is not null && secret is not null ? new S3AccessKeys(access, secret, token) : null;
    }

    private void RefuseBeside(Section section, string key, params IReadOnlyList<string> others)
    {
        if (others.Any(section.Has))
        {
            errors.Add(section.KeyAt(key), $"'{key}' takes the place of {string.Join(" and ", others.Select(other => $"'{other}'"))}");
        }
    }

    private SecretReference ParseSecret(string text) => SecretReference.Parse(text, directory);

    // RFC 7617 ends the user name at the first colon; whoever writes env:NAME here would log in as "env".
    private static string ParseUsername(string text) => text.Length > 0 && !text.Contains(':', StringComparison.Ordinal)
        ? text
        : throw new FormatException("a user name is written as it is, and has no ':' in it");
}
