namespace Mirror.Mirroring;

/// <summary>Reads the list of credentials.</summary>
internal sealed class CredentialRuleReader(string directory, ErrorList errors)
{
    private readonly Dictionary<UrlPrefix, int> _lines = [];

    public IReadOnlyList<CredentialRule> ReadAll(IReadOnlyList<YamlValue> items) => [.. items.Select(Read).OfType<CredentialRule>()];

    private CredentialRule? Read(YamlValue item)
    {
        if (item is not YamlMap map)
        {
            errors.Add(item.At, $"a credential must be a mapping, not {item.Kind}");
            return null;
        }
        var section = Section.Open(map, errors, "match", "username", "password", "github_app");
        var match = ReadMatch(section);
        var app = section.Has("github_app") ? ReadApp(section) : null;
        var user = section.Has("github_app") ? null : ReadUser(section);
        return match is null || (app is null && user is null) ? null : new CredentialRule(match, user, app);
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
        if (section.Has("username") || section.Has("password"))
        {
            errors.Add(section.KeyAt("github_app"), "'github_app' takes the place of 'username' and 'password'");
        }
        var app = section.Sub("github_app", "app_id", "private_key");
        if (app?.Require("app_id", "private_key") != true)
        {
            return null;
        }
        var id = app.Read("app_id", 0, ConfigurationReader.ParseAppId);
        var key = app.Read<SecretReference?>("private_key", null, ParseSecret);
        return key is null ? null : new GitHubApp(id, key);
    }

    private SecretReference ParseSecret(string text) => SecretReference.Parse(text, directory);

    // RFC 7617 ends the user name at the first colon; whoever writes env:NAME here would log in as "env".
    private static string ParseUsername(string text) => text.Length > 0 && !text.Contains(':', StringComparison.Ordinal)
        ? text
        : throw new FormatException("a user name is written as it is, and has no ':' in it");
}
