namespace Mirror.Mirroring.Tests;

/// <summary>One reason each, and exactly where.</summary>
public sealed class Illegal_files
{
    private const string Reference =
        "a secret is not written here, only where it is: env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME";
    private const string PingUrl =
        "must be an https or http URL, none, or where one is kept: env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME";
    private const string PingUser =
        "the URL has a user name or password in it: give the whole URL by a reference such as env:NAME, without them";
    private const string Intervals = "is not an interval: write 30s, 5m, 1h or 1d, from a second to thirty days";
    private const string NoUser = "a URL in a file holds no user name or password: put them under 'credentials'";

    public static TheoryData<string, string> Files => new()
    {
        // YAML itself
        { "", "1:1: the file is empty" },
        { "# nothing\n", "1:1: the file is empty" },
        { "hello", "1:1: a configuration is a mapping, or a list of mirrors, not a single value" },
        { "mirrors: []\n---\nmirrors: []", "2:1: a second document begins here: a configuration is one" },
        { "mirrors: []\nstore: &a x\nstate: *a", "3:8: YAML aliases are not supported: write the value out" },
        { "mirrors: []\nstore: !!str x", "2:8: YAML tags are not supported" },
        { "mirrors: []\nstore: x\nstore: y", "3:1: duplicate key 'store': it is on line 2 already" },
        { "mirrors: []\n? [a]\n: x", "2:3: a key is a single value, not a list" },
        { "mirrors: []\nstore: a\0b", "2:9: a control character, U+0000" },
        { "mirrors: []\nstore: \"a\\0b\"", "2:8: store: has a line break or control character" },

        // keys and types
        { "mirors: []", "1:1: unknown key 'mirors': did you mean 'mirrors'?" },
        { "mirrors: []\nStore: x", "2:1: unknown key 'Store': did you mean 'store'?" },
        { "mirrors: []\nage: { recipient: [] }", "2:8: unknown key 'recipient': did you mean 'recipients'?" },
        { "mirrors: []\nage: { banana: [] }", "2:8: unknown key 'banana': known here are recipients, identities" },
        { "mirrors: []\nhttps://u:p@host/: x",
            "2:1: unknown key: known here are store, state, age, signing, source_base_url, destination_base_url, credentials, "
                + "defaults, mirrors, accept" },
        { "mirrors:", "1:1: 'mirrors' has no value" },
        { "mirrors: x", "1:10: 'mirrors' must be a list, not a single value" },
        { "mirrors: [x]", "1:11: a mirror must be a mapping, not a single value" },
        { "mirrors: []\nage: []", "2:6: 'age' must be a mapping, not a list" },
        { "mirrors: []\nstore: [x]", "2:8: store: must be a single value, not a list" },
        { "mirrors: []\ndefaults: { prune: yes }", "2:20: 'prune' must be true or false" },
        { "mirrors: []\ndefaults: { prune: \"true\" }", "2:20: 'prune' must be true or false" },
        { "mirrors: []\ndefaults: { diverged: overwite }", "2:23: diverged: must be overwrite, refuse or preserve, not 'overwite'" },
        { "mirrors: []\ndefaults: { expired: ignore }", "2:22: expired: must be hold or warn, not 'ignore'" },
        { "mirrors: []\ndefaults: { follow_redirects: all }",
            "2:31: follow_redirects: must be same-host, any, or a list of hosts such as [git.example], not 'all'" },
        { "mirrors: []\ndefaults: { follow_redirects: [] }", "2:31: follow_redirects: must be a single value, not a list" },
        { "mirrors: []\ndefaults: { follow_redirects: [any, 'https://h'] }",
            "2:37: follow_redirects: a host to follow redirects to is a name or a name with a port: git.example, git.example:8443" },
        { "mirrors: []\ndefaults: { refs: refs/heads/* }", "2:19: 'refs' must be a list, not a single value" },
        { "mirrors: []\ndefaults:\n  refs:\n    - refs/heads/*\n    -", "5:6: refs: an entry has no value" },

        // store and state
        { "mirrors: []\nstore: gs://bucket", "2:8: store: is a directory, az://ACCOUNT/CONTAINER[/PREFIX] or s3://BUCKET[/PREFIX]" },
        { "mirrors: []\nstore: ''", "2:8: store: is a directory, az://ACCOUNT/CONTAINER[/PREFIX] or s3://BUCKET[/PREFIX]" },
        { "mirrors: []\nstore: az://acc",
            "2:8: store: az://ACCOUNT/CONTAINER: a container is 3 to 63 lower case letters, digits and single hyphens" },
        { "mirrors: []\nstore: az://Acc/ount", "2:8: store: az://ACCOUNT: an account is 3 to 24 lower case letters and digits" },
        { "mirrors: []\nstore: az://acc/cont?sig=hunter2",
            "2:8: store: az:// takes endpoint=… alone and no user: a token in a file would be a secret in a file" },
        { "mirrors: []\nstore: az://hunter2@acc/cont",
            "2:8: store: az:// takes endpoint=… alone and no user: a token in a file would be a secret in a file" },
        { "mirrors: []\nstore: az://acc/cont?endpoint=ftp://h", "2:8: store: endpoint: an http or https URL" },
        { "mirrors: []\nstore: s3://bucket?storage_class=a;b", "2:8: store: storage_class: letters, digits, hyphens and underscores" },
        { "mirrors: []\nstore: s3://b", "2:8: store: s3://BUCKET: a bucket is 3 to 63 letters, digits, dots and hyphens" },
        { "mirrors: []\nstore: s3://a..b", "2:8: store: s3://BUCKET: a bucket is 3 to 63 letters, digits, dots and hyphens" },
        { "mirrors: []\nstore: s3://bucket?regoin=x", "2:8: store: s3://…? takes region=…, endpoint=… and storage_class=…, each once" },
        { "mirrors: []\nstore: s3://bucket?endpoint=https://a:hunter2@b", $"2:8: store: {NoUser}" },
        { "mirrors: []\nstore: s3://bucket/a/../b", "2:8: store: a prefix has no empty, '.' or '..' part" },
        { "mirrors: []\nstore: ./a\nstate: ./a/",
            "3:1: 'state' is in the same place as 'store': who reads the store must not reach the ledgers" },
        { "mirrors: []\nstore: ./a\nstate: ./a/b",
            "3:1: 'state' is in the same place as 'store': who reads the store must not reach the ledgers" },
        { "mirrors: []\nstate: az://acc/cont/a\nstore: az://acc/cont/b",
            "2:1: 'state' is in the same place as 'store': who reads the store must not reach the ledgers" },

        // age and signing
        { "mirrors: []\nage: { recipients: [AGE-SECRET-KEY-1HUNTER2] }",
            "2:21: recipients: this is a secret key, not a recipient: use the output of age-keygen -y" },
        { "mirrors: []\nage: { recipients: [age1b] }",
            "2:21: recipients: not an age recipient: age1 and 58 characters are expected, and other types are not supported" },
        { "mirrors: []\nage: { identities: [AGE-SECRET-KEY-1HUNTER2] }", $"2:21: identities: {Reference}" },
        { "mirrors: []\nsigning: { key: hunter2 }", $"2:17: key: {Reference}" },
        { "mirrors: []\nsigning: { trusted: [ssh-rsa AAAA] }",
            "2:22: trusted: not a public key of the type ssh-ed25519, and other types are not supported: "
                + "ssh-keygen -t ed25519 makes one" },
        { "mirrors: []\nsigning: { unsigned: true }", "2:22: unsigned: can only say 'allow'" },
        { "mirrors: []\nsigning: { trusted: "
            + "[ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f], unsigned: allow }",
            "2:105: 'unsigned: allow' and 'trusted' contradict each other" },

        // credentials
        { "mirrors: []\ncredentials: [{ username: u, password: env:P }]", "2:15: missing key 'match'" },
        { "mirrors: []\ncredentials: [{ match: https://h, password: env:P }]", "2:15: missing key 'username'" },
        { "mirrors: []\ncredentials: [{ match: https://h, username: u }]", "2:15: missing key 'password'" },
        { "mirrors: []\ncredentials: [{ match: https://h, username: u, password: hunter2 }]", $"2:58: password: {Reference}" },
        { "mirrors: []\ncredentials: [{ match: https://h, username: u, password: \"env:\" }]",
            "2:58: password: after 'env:' comes the name of an environment variable" },
        { "mirrors: []\ncredentials: [{ match: https://h, username: env:U, password: env:P }]",
            "2:45: username: a user name is written as it is, and has no ':' in it" },
        { "mirrors: []\ncredentials: [{ match: https://u:hunter2@h, username: u, password: env:P }]", $"2:24: match: {NoUser}" },
        { "mirrors: []\ncredentials: [{ match: ssh://h, username: u, password: env:P }]",
            "2:24: match: credentials are for a URL such as https://host/, https://host/group/, az://account/container or s3://bucket" },
        { "mirrors: []\ncredentials:\n- { match: https://h, username: u, password: env:P }\n"
            + "- { match: 'https://H:443/', username: u, password: env:P }",
            "4:5: the credential on line 3 is for the same URL" },

        { "mirrors: []\ncredentials: [{ match: az://a/b, username: u, sas: env:S }]",
            "2:34: 'username' is not for az://, which takes connection_string, sas" },
        { "mirrors: []\ncredentials: [{ match: az://a/b }]", "2:15: missing key 'connection_string'" },
        { "mirrors: []\ncredentials: [{ match: az://a/b, sas: sig=hunter2 }]", $"2:39: sas: {Reference}" },
        { "mirrors: []\ncredentials: [{ match: az://a/b, sas: env:S, connection_string: env:C }]",
            "2:34: 'sas' takes the place of 'connection_string'" },
        { "mirrors: []\ncredentials: [{ match: s3://b, access_key: env:A }]", "2:15: missing key 'secret_key'" },
        { "mirrors: []\ncredentials: [{ match: s3://b, access_key: env:A, secret_key: hunter2 }]", $"2:63: secret_key: {Reference}" },
        { "mirrors: []\ncredentials: [{ match: s3://b, profile: p, access_key: env:A }]",
            "2:32: 'profile' takes the place of 'access_key' and 'secret_key' and 'session_token'" },
        { "mirrors: []\ncredentials: [{ match: https://h, github_app: { app_id: 1, private_key: env:K } }]",
            "2:35: 'github_app' is not supported yet: use a token, with 'username' and 'password'" },
        { "mirrors: []\ncredentials: [{ match: https://h, username: u, password: env:P, profile: p }]",
            "2:65: 'profile' is not for https://, which takes username, password, github_app" },

        // mirrors
        { "mirrors: [{ sorce: a, destination: b }]", "1:13: unknown key 'sorce': did you mean 'source'?" },
        { "mirrors: [{ source: a }]", "1:11: missing key 'destination'" },
        { "mirrors:\n  - source: https://u:hunter2@h/a\n    destination: b", $"2:13: source: {NoUser}" },
        { "mirrors:\n  - source: https://hunter2token@h/a\n    destination: b", $"2:13: source: {NoUser}" },
        { "mirrors:\n  - source: ssh://u:hunter2@h/a\n    destination: b", $"2:13: source: {NoUser}" },
        { "mirrors:\n  - source: file://u:hunter2@h/a\n    destination: b", $"2:13: source: {NoUser}" },
        { "mirrors:\n  - source: https://h/a?private_token=hunter2\n    destination: b",
            "2:13: source: a URL here has no query and no fragment" },
        { "mirrors:\n  - source: ftp://h/a\n    destination: b",
            "2:13: source: 'ftp://' is not supported: use https, http, ssh, file, or a path" },
        { "mirrors:\n  - source: a\n    destination: b\n    refs:\n      - refs/heads/*\n      - a:b:c",
            "6:9: refs: 'a:b:c' is not a refspec: write SOURCE or SOURCE:DESTINATION" },
        { "mirrors:\n  - source: a\n    destination: b\n    refs: [refs/heads/*, ^a:b]",
            "4:26: refs: '^a:b': an exclusion has no destination" },
        { "mirrors:\n  - source: a\n    destination: b\n    refs: ['^refs/heads/x']",
            "4:5: refs: a ref map needs at least one refspec that is not an exclusion" },
        { "store: ./s\nmirrors:\n  - source: a\n    destination: b\n    refs: ['refs/heads/*:refs/near/*', '^refs/*-wip']",
            "5:5: refs: '^refs/*-wip' beside 'refs/heads/*:refs/near/*': what is left cannot be said of the destination alone" },
        { "store: ./s\ndefaults: { refs: [a, ^a] }\nmirrors:\n  - source: a\n    destination: b",
            "4:5: refs: the exclusions exclude every ref of the ref map" },
        { "mirrors:\n  - source: a\n    destination: b\n    name: ''", "4:11: name: a name is empty" },
        { "mirrors:\n  - source: a\n    destination: b\n    name: ../x", "4:11: name: the name '../x' is not like group/project" },
        { "mirrors:\n  - source: a\n    destination: https://h/", "3:5: a name is empty: say what it is with 'name'" },
        { "mirrors:\n  - source: a\n    destination: ./a.git", "3:5: source and destination are the same repository" },
        { "mirrors:\n  - source: a\n    destination: https://h/x/y\n  - source: b\n    destination: https://H/x/y.git/",
            "5:5: the mirror on line 2 has this destination already" },
        { "mirrors:\n  - source: a\n    destination: https://h/x/y\n  - source: b\n    destination: https://i/x/y",
            "4:5: the mirror on line 2 is called 'x/y' already: give one of them another 'name'" },
        { "mirrors:\n  - source: a\n    destination: { group: g, project_name: p, branch: b }\ndestination_base_url: https://h",
            "2:5: 'source' and 'destination' must both be URLs or both be a group, project and branch" },

        // objective and ping_url
        { "mirrors: []\ndefaults: { objective: soon }", $"2:24: objective: 'soon' {Intervals}" },
        { "mirrors: []\ndefaults: { deadline: 0 }", $"2:23: deadline: '0' {Intervals}" },
        { "mirrors: []\ndefaults: { objective: 0 }", $"2:24: objective: '0' {Intervals}" },
        { "mirrors: []\ndefaults: { objective: -5m }", $"2:24: objective: '-5m' {Intervals}" },
        { "mirrors: []\ndefaults: { objective: NaN }", $"2:24: objective: 'NaN' {Intervals}" },
        { "mirrors: []\ndefaults: { objective: 31d }", $"2:24: objective: '31d' {Intervals}" },
        { "mirrors: []\ndefaults: { objective: ['1h'] }", "2:24: objective: must be a single value, not a list" },
        { "mirrors:\n  - source: a\n    destination: b\n    objective: 1e9d", $"4:16: objective: '1e9d' {Intervals}" },
        { "mirrors:\n  - source: a\n    destination: b\n    objective:", "4:5: 'objective' has no value" },
        { "mirrors:\n  - source: a\n    destination: b\n    objectives: 1h", "4:5: unknown key 'objectives': did you mean 'objective'?" },
        { "mirrors: []\ndefaults: { ping_url: hunter2 }", $"2:23: ping_url: {PingUrl}" },
        { "mirrors: []\ndefaults: { ping_url: '' }", $"2:23: ping_url: {PingUrl}" },
        { "mirrors: []\ndefaults: { ping_url: ftp://h/hunter2 }", $"2:23: ping_url: {PingUrl}" },
        { "mirrors: []\ndefaults: { ping_url: 'https://h/hun ter2' }", $"2:23: ping_url: {PingUrl}" },
        { "mirrors: []\ndefaults: { ping_url: \"https://\" }", $"2:23: ping_url: {PingUrl}" },
        { "mirrors: []\ndefaults: { ping_url: [https://h/hunter2] }", "2:23: ping_url: must be a single value, not a list" },
        { "mirrors: []\ndefaults: { ping_url: https://u:hunter2@h/x }", $"2:23: ping_url: {PingUser}" },
        { "mirrors: []\ndefaults: { ping_url: https://hunter2@h/x }", $"2:23: ping_url: {PingUser}" },
        { "mirrors: []\ndefaults: { ping_url: 'https://h/x#hunter2' }", "2:23: ping_url: the URL has a fragment, which is never sent" },
        { "mirrors: []\ndefaults: { ping_url: 'https://{mirror}.h/hunter2' }",
            "2:23: ping_url: {mirror} has no place in the name of a host" },
        { "mirrors: []\ndefaults: { ping_url: 'env:' }", "2:23: ping_url: after 'env:' comes the name of an environment variable" },
        { "mirrors:\n  - source: a\n    destination: b\n    ping_url: keyvault:hunter2",
            "4:15: ping_url: a key vault reference is keyvault:https://VAULT/secrets/NAME or …/NAME/VERSION" },
        { "mirrors:\n  - source: a\n    destination: b\n    pingurl: https://h/x", "4:5: unknown key 'pingurl': did you mean 'ping_url'?" },

        // records
        { "- { source: { group: g, project_name: p }, destination: { group: h, project_name: p, branch: b } }",
            "1:13: missing key 'branch'" },
        { "- { source: { group: g, projectname: p, branch: b }, destination: { group: h, project_name: p, branch: b } }",
            "1:25: unknown key 'projectname': did you mean 'project_name'?" },
        { "- { source: { group: .., project_name: p, branch: b }, destination: { group: h, project_name: p, branch: b } }",
            "1:22: group: the name '..' is not like group/project" },
        { "- { source: { group: 'g?x', project_name: p, branch: b }, destination: { group: h, project_name: p, branch: b } }",
            "1:22: group: 'g?x' cannot stand in a URL as it is" },
        { "- { source: { group: g, project_name: p/q, branch: b }, destination: { group: h, project_name: p, branch: b } }",
            "1:39: project_name: has a '/', which belongs to 'group'" },
        { "- { source: { group: g, project_name: p.git, branch: b }, destination: { group: h, project_name: p, branch: b } }",
            "1:39: project_name: leave out '.git'" },
        { "- { source: { group: g, project_name: p, branch: 'b*' }, destination: { group: h, project_name: p, branch: b } }",
            "1:50: branch: 'b*' is not a branch name" },
        { "- { source: { group: g, project_name: p, branch: b }, destination: { group: h, project_name: p, branch: b }, refs: [x] }",
            "1:110: 'refs' and 'branch' both say what to carry: use URLs with 'refs'" },

        // accept
        { "accept: ['[a]']\ndestination_base_url: https://h", "1:10: accept: '[a]': a pattern knows only * and ?" },
        { "accept: ['ce/*']", "1:1: 'accept' needs destination_base_url, or MIRROR_DESTINATION_BASE_URL in the environment" },
        { "mirrors: []\nsource_base_url: https://u:hunter2@h", $"2:18: source_base_url: {NoUser}" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void Are_refused_where_they_are_wrong(string yaml, string expected)
    {
        var bases = yaml.StartsWith('-')
            ? new[] { ("MIRROR_SOURCE_BASE_URL", "https://h"), ("MIRROR_DESTINATION_BASE_URL", "https://h") }
            : [];
        Assert.Equal([expected], ConfigurationText.Errors(yaml, bases));
    }

    [Fact]
    public void Are_never_quoted_where_a_secret_may_be()
    {
        foreach (var row in Files)
        {
            var exception = Record.Exception(() => ConfigurationText.Read((string)((object[])row)[0]));
            Assert.DoesNotContain("hunter2", exception?.ToString() ?? "", StringComparison.OrdinalIgnoreCase);
        }
    }

    [Fact]
    public void Report_all_their_errors_at_once()
    {
        var exception = Assert.Throws<ConfigurationException>(
            () => ConfigurationText.Read("sotre: x\nstate: gs://\nmirrors:\n  - source: a"));
        Assert.Equal(
            """
            /etc/mirror/mirror.yaml:1:1: unknown key 'sotre': did you mean 'store'?
            /etc/mirror/mirror.yaml:2:8: state: is a directory, az://ACCOUNT/CONTAINER[/PREFIX] or s3://BUCKET[/PREFIX]
            /etc/mirror/mirror.yaml:4:5: missing key 'destination'
            """,
            exception.Message);
    }

    [Fact]
    public void Are_not_recited_without_end()
    {
        var exception = Assert.Throws<ConfigurationException>(
            () => ConfigurationText.Read(string.Concat(Enumerable.Repeat("- x\n", 1000))));
        Assert.EndsWith("and 980 more errors", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("mirrors: []\nage: [x", "3:1: ")]
    [InlineData("mirrors: []\nage: x: y", "2:7: ")]
    [InlineData("mirrors: []\n\tage: x", "1:1: ")]
    [InlineData("mirrors: []\nstore: \"x", "2:8: ")]
    [InlineData("mirrors: []\nstore: \"\\uD800\"", "2:8: ")]
    [InlineData("mirrors: [a, - b]", "1:14: ")]
    [InlineData("mirrors:\n  ? [\n>", "2:3: ")]
    [InlineData("mirrors: !!]", "1:8: ")]
    public void Broken_yaml_says_where(string yaml, string expected) =>
        Assert.StartsWith($"{expected}not valid YAML", Assert.Single(ConfigurationText.Errors(yaml)), StringComparison.Ordinal);

    [Fact]
    public void Nesting_has_a_bottom()
    {
        var error = Assert.Single(ConfigurationText.Errors($"mirrors: {new string('[', 100_000)}"));
        Assert.Equal("1:41: nested deeper than 32 levels", error);
    }

    [Fact]
    public void Laughs_are_refused_at_the_first_alias()
    {
        var error = Assert.Single(ConfigurationText.Errors("a: &a [lol,lol]\nb: &b [*a,*a]\nc: &c [*b,*b]"));
        Assert.StartsWith("2:8: YAML aliases", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_makes_keys_too_long_is_refused_where_there_is_a_store()
    {
        var mirror = $"mirrors:\n  - source: a\n    destination: b\n    name: {new string('n', 500)}\n    refs: [{new string('r', 60)}]\n";
        Assert.Single(ConfigurationText.Read(mirror).Mirrors);
        Assert.EndsWith("object keys of more than 1024 bytes",
            Assert.Single(ConfigurationText.Errors(mirror + "store: ./s")), StringComparison.Ordinal);
    }
}
