using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Reads the list of credentials.</summary>
internal sealed class CredentialRuleReader(string directory, ErrorList errors)
{
    private static readonly string[] RemoteKeys = ["username", "password", "github_app"];

    // In the order in which messages list them.
    private static readonly IReadOnlyList<string> AllKeys = [.. RemoteKeys, .. StoreKinds.All.SelectMany(KeysOf)];

    private readonly Dictionary<UrlPrefix, int> _lines = [];

    public IReadOnlyList<CredentialRule> ReadAll(IReadOnlyList<YamlValue> items) => [.. items.Select(Read).OfType<CredentialRule>()];

    private CredentialRule? Read(YamlValue item)
    {
        if (item is not YamlMap map)
        {
            errors.Add(item.At, $"a credential must be a mapping, not {item.Kind}");
            return null;
        }
        var section = Section.Open(map, errors, ["match", .. AllKeys]);
        var match = ReadMatch(section);
        if (match is null)
        {
            return null;
        }
        var kind = StoreKinds.Find(match.Scheme);
        ReportForeign(section, match, kind is null ? RemoteKeys : KeysOf(kind));
        ConfiguredLogin? login = kind is not null ? ReadStore(section, kind)
            : section.Has("github_app") ? RefuseApp(section)
            : ReadUser(section);
        return login is null ? null : new CredentialRule(match, login);
    }

    /// <summary>Reports keys that belong to another kind of login.</summary>
    private void ReportForeign(Section section, UrlPrefix match, IReadOnlyList<string> own)
    {
        foreach (var key in AllKeys.Except(own).Where(section.Has))
        {
            errors.Add(section.KeyAt(key), $"'{key}' is not for {match.Scheme}://, which takes {string.Join(", ", own)}");
        }
    }

    private static IReadOnlyList<string> KeysOf(StoreKind kind) => [.. kind.Logins.SelectMany(way => way.Keys).Select(key => key.Name)];

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

    /// <summary>Reported now and not at the first use, which may be at night.</summary>
    private UserPassword? RefuseApp(Section section)
    {
        errors.Add(section.KeyAt("github_app"), "'github_app' is not supported yet: use a token, with 'username' and 'password'");
        return null;
    }

    private StoreLogin? ReadStore(Section section, StoreKind kind)
    {
        var way = kind.Logins.Skip(1).FirstOrDefault(way => section.Has(way.Keys[0].Name)) ?? kind.Logins[0];
        if (way != kind.Logins[0])
        {
            RefuseBeside(section, way.Keys[0].Name, [.. KeysOf(kind).Except(way.Keys.Select(key => key.Name))]);
        }
        else
        {
            section.Require([.. way.Keys.Where(key => !key.IsOptional).Select(key => key.Name)]);
        }
        var secrets = new Dictionary<LoginKey, SecretReference>();
        var words = new Dictionary<LoginKey, string>();
        foreach (var key in way.Keys)
        {
            if (key.IsSecret && section.Read<SecretReference?>(key.Name, null, ParseSecret) is { } reference)
            {
                secrets[key] = reference;
            }
            else if (!key.IsSecret && section.Text(key.Name) is { } word)
            {
                words[key] = word;
            }
        }
        return way.Keys.All(key => key.IsOptional || secrets.ContainsKey(key) || words.ContainsKey(key))
            ? new StoreLogin(secrets, words)
            : null;
    }

    private void RefuseBeside(Section section, string key, params IReadOnlyList<string> others)
    {
        if (others.Any(section.Has))
        {
            errors.Add(section.KeyAt(key), $"'{key}' takes the place of {string.Join(" and ", others.Select(other => $"'{other}'"))}");
        }
    }

    private SecretReference ParseSecret(string text) => SecretReference.Parse(text, directory);

    // RFC 7617 ends the user name at the first colon, so "env:NAME" here would log in as "env".
    private static string ParseUsername(string text) => text.Length > 0 && !text.Contains(':', StringComparison.Ordinal)
        ? text
        : throw new FormatException("a user name is written as it is, and has no ':' in it");
}
