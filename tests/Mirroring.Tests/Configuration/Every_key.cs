using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring.Tests;

public sealed class Every_key
{
    private static readonly MirrorConfiguration Full = ConfigurationText.Read(ConfigurationText.Full);

    [Fact]
    public void Store_and_state_are_locations()
    {
        var store = Assert.IsType<S3Location>(Full.Store);
        Assert.Equal(("transfer", "team/a", "eu-west-1"), (store.Bucket, store.Prefix, store.Region));
        Assert.Equal(new Uri("https://s3.near.example:9000"), store.Endpoint);
        Assert.Equal("/etc/mirror/state", Assert.IsType<DirectoryLocation>(Full.State).Path);
    }

    [Fact]
    public void Age_has_recipients_and_identities()
    {
        Assert.StartsWith("age1", Full.Age.Recipients[0].Value.Key!.ToString(), StringComparison.Ordinal);
        Assert.Equal(new ConfiguredRecipient(null, "/etc/mirror/far.pub"), Full.Age.Recipients[1].Value);
        Assert.Equal(["/etc/mirror/far.key", "AGE_IDENTITY"], Full.Age.Identities.Select(identity => identity.Value.Target));
    }

    [Fact]
    public void Signing_has_a_key_and_whom_to_trust()
    {
        Assert.Equal("/etc/mirror/producer_ed25519", Full.Signing.Key?.Value.Target);
        Assert.Equal("producer", Assert.Single(Full.Signing.Trusted).Comment);
        Assert.False(Full.Signing.AllowUnsigned);
    }

    [Fact]
    public void Unsigned_can_be_allowed() =>
        Assert.True(ConfigurationText.Read("signing: { unsigned: allow }\nmirrors: []").Signing.AllowUnsigned);

    [Fact]
    public void Base_urls_are_read_without_their_last_slash()
    {
        Assert.Equal("https://gitlab.near.example", Full.SourceBaseUrl?.ToString());
        Assert.Equal("https://gitlab.far.example", Full.DestinationBaseUrl?.ToString());
        Assert.Equal("https://gitlab.far.example/ce/x.git", Full.DestinationBaseUrl?.Combine("ce/x").ToString());
    }

    [Fact]
    public void Credentials_are_users()
    {
        Assert.Equal(new UserPassword("oauth2", SecretReference.Parse("env:GITLAB_TOKEN", "/")), Full.Credentials[0].Login);
        Assert.Equal(
            new UserPassword("x-access-token", SecretReference.Parse("keyvault:https://v.vault.azure.net/secrets/app", "/")),
            Full.Credentials[1].Login);
        Assert.True(Full.Credentials[1].Match.Matches(new Uri("https://github.com/acme/app.git")));
    }

    [Fact]
    public void Redirects_are_followed_as_the_mirror_says_or_else_the_defaults()
    {
        var configuration = ConfigurationText.Read("""
            defaults: { follow_redirects: [moved.example, "git.example:8443"] }
            mirrors:
              - { source: https://a.example/a, destination: https://b.example/a }
              - { source: https://a.example/b, destination: https://b.example/b, follow_redirects: any }
              - { source: https://a.example/c, destination: https://b.example/c, follow_redirects: same-host }
            """);

        Assert.Same(configuration.Defaults.Redirects, configuration.Mirrors[0].Source.Redirects);
        Assert.Same(configuration.Defaults.Redirects, configuration.Mirrors[0].Destination.Redirects);
        Assert.Same(RedirectPolicy.Any, configuration.Mirrors[1].Destination.Redirects);
        Assert.Same(RedirectPolicy.SameHost, configuration.Mirrors[2].Source.Redirects);
        Assert.Same(RedirectPolicy.SameHost, MirrorDefaults.BuiltIn.Redirects);
    }

    [Fact]
    public void Every_secret_that_it_names_can_be_listed()
    {
        var text = $"""
            {ConfigurationText.Full}
            """.Replace("credentials:", """
            credentials:
              - { match: az://account, connection_string: env:CONNECTION }
              - { match: az://account/container/prefix, sas: env:SAS }
              - { match: s3://bucket, access_key: env:ID, secret_key: env:KEY, session_token: env:SESSION }
            """, StringComparison.Ordinal);
        var written = System.Text.RegularExpressions.Regex
            .Matches(text, "(env|keyvault):[^\"\\s,\\]}]+|file:(far|producer_ed25519|app)[.a-z]*(?<!pub)(?=[\",\\]\\s}])")
            .Select(match => match.Value);

        Assert.Equal(written.Order(StringComparer.Ordinal),
            ConfigurationText.Read(text).References().Select(reference => reference.Text).Distinct().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Credentials_of_stores_are_read()
    {
        var logins = ConfigurationText.Read("""
            mirrors: []
            credentials:
              - { match: az://account, connection_string: "keyvault:https://v.vault.azure.net/secrets/store" }
              - { match: az://account/container/prefix, sas: env:SAS }
              - { match: s3://bucket_of_old, profile: backup }
              - { match: s3://bucket/prefix, access_key: env:ID, secret_key: env:KEY }
              - { match: s3://other, access_key: env:ID, secret_key: env:KEY, session_token: file:/run/token }
            """).Credentials;

        Assert.Equal(
            [
                "connection_string=keyvault:https://v.vault.azure.net/secrets/store", "sas=env:SAS", "profile is backup",
                "access_key=env:ID secret_key=env:KEY", "access_key=env:ID secret_key=env:KEY session_token=file:/run/token",
            ],
            logins.Select(rule => Text(Assert.IsType<StoreLogin>(rule.Login))));

        static string Text(StoreLogin login) => string.Join(' ', login.Secrets.Select(pair => $"{pair.Key.Name}={pair.Value}")
            .Concat(login.Words.Select(pair => $"{pair.Key.Name} is {pair.Value}")));
    }

    [Fact]
    public void Locations_say_more_than_where_it_is()
    {
        var s3 = Assert.IsType<S3Location>(Full.Store);
        Assert.Equal(("eu-west-1", "https://s3.near.example:9000/", null), (s3.Region, s3.Endpoint?.ToString(), s3.StorageClass));
        Assert.Equal(
            "STANDARD_IA", Assert.IsType<S3Location>(StoreLocation.Parse("s3://bucket?storage_class=STANDARD_IA", "/")).StorageClass);
        var azure = Assert.IsType<AzureLocation>(
            StoreLocation.Parse("az://account/container/a?endpoint=https://account.blob.core.usgovcloudapi.net", "/"));
        Assert.Equal(("a", "https://account.blob.core.usgovcloudapi.net/"), (azure.Prefix, azure.Endpoint?.ToString()));
    }

    [Fact]
    public void Defaults_hold_for_mirrors_that_say_nothing_else()
    {
        var mirror = Full.Mirrors[1];
        Assert.Equal((false, Diverged.Preserve, ExpiredHeads.Warn), (mirror.Prune, mirror.Diverged, mirror.Expired));
        Assert.Equal(["refs/heads/*"], mirror.Refs.Sources.Select(pattern => pattern.Text));
        Assert.False(mirror.Refs.Manages(RefName.Parse("refs/heads/tmp/x")));
        Assert.Equal((Full.Defaults.Prune, Full.Defaults.Diverged), (mirror.Prune, mirror.Diverged));
    }

    [Fact]
    public void Without_defaults_branches_and_tags_are_carried_pruned_and_overwritten()
    {
        var mirror = Assert.Single(ConfigurationText.Read("mirrors: [{ source: a, destination: b }]").Mirrors);
        Assert.Equal((true, Diverged.Overwrite, ExpiredHeads.Hold), (mirror.Prune, mirror.Diverged, mirror.Expired));
        Assert.Null(mirror.OwnRefs);
        Assert.Equal(["refs/heads/*", "refs/tags/*"], mirror.Refs.Managed.Select(pattern => pattern.Text));
    }

    [Fact]
    public void A_mirror_says_what_is_its_own()
    {
        var mirror = Full.Mirrors[0];
        Assert.Equal(
            ("routing/routy", true, Diverged.Refuse, ExpiredHeads.Hold), (mirror.Name, mirror.Prune, mirror.Diverged, mirror.Expired));
        Assert.Same(mirror.Refs, mirror.OwnRefs);
        Assert.Equal("https://git.near.example/cloud/route-manager.git", mirror.Source.ToString());
        Assert.Equal("ssh://git@git.far.example:2222/ce/routy.git", mirror.Destination.ToString());
        Assert.Equal(["refs/heads/main"], mirror.Refs.Managed.Select(pattern => pattern.Text));
        Assert.Empty(mirror.Refs.Destinations(RefName.Parse("refs/heads/old")));
    }

    [Fact]
    public void Paths_are_relative_to_the_file_and_names_come_from_the_destination()
    {
        Assert.Equal("/etc/near/plain", Full.Mirrors[1].Source.Path);
        Assert.Equal("ce/plain", Full.Mirrors[1].Name);
    }

    [Fact]
    public void A_record_is_a_branch_of_a_project_below_the_base_url()
    {
        var mirror = Full.Mirrors[2];
        Assert.Equal("ce/sub/routy", mirror.Name);
        Assert.Equal("https://gitlab.near.example/cloud-engineering/route-manager.git", mirror.Source.ToString());
        Assert.Equal("https://gitlab.far.example/ce/sub/routy.git", mirror.Destination.ToString());
        Assert.Equal(["refs/heads/1.0"], mirror.Refs.Destinations(RefName.Parse("refs/heads/master")));
    }

    [Fact]
    public void A_deadline_is_an_interval_and_six_hours_by_default()
    {
        Assert.Equal(TimeSpan.FromHours(6), MirrorDefaults.BuiltIn.Deadline);
        Assert.Equal((TimeSpan.FromMinutes(30), TimeSpan.FromHours(2)), (Full.DeadlineOf("routing/routy"), Full.DeadlineOf("ce/accepted")));
    }

    [Fact]
    public void An_objective_is_an_interval_and_an_hour_by_default()
    {
        Assert.Equal(
            [TimeSpan.FromDays(1), TimeSpan.FromMinutes(15), TimeSpan.FromMinutes(15)], Full.Mirrors.Select(mirror => mirror.Objective));
        var objectives = Full.Objectives();
        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromMinutes(15)), (objectives("routing/routy"), objectives("ce/accepted")));
        Assert.Equal(
            TimeSpan.FromHours(1), Assert.Single(ConfigurationText.Read("mirrors: [{ source: a, destination: b }]").Mirrors).Objective);
    }

    [Theory]
    [InlineData("routing/routy", "https://ping.example/own?a=b")]
    [InlineData("ce/plain", "https://ping.example/d41d8cd98f00b204/ce%2Fplain")]
    [InlineData("ce/accepted", "https://ping.example/d41d8cd98f00b204/ce%2Faccepted")]
    public async Task A_ping_url_is_written_out_or_a_reference_and_the_default_has_the_mirror_s_name_in_it(string mirror, string url)
    {
        var secrets = new SecretReader(name => name == "PING" ? "https://ping.example/own?a=b" : null);

        Assert.Equal(url, (await Full.PingOf(mirror)!.ResolveAsync(mirror, secrets, CancellationToken.None)).AbsoluteUri);
    }

    [Fact]
    public void Without_a_ping_url_nobody_is_told() =>
        Assert.Null(ConfigurationText.Read("mirrors: [{ source: a, destination: b }]").PingOf("b"));

    [Fact]
    public void None_is_nobody_where_the_default_is_somebody() =>
        Assert.Null(ConfigurationText.Read("defaults: { ping_url: https://h/x }\n"
            + "mirrors: [{ source: a, destination: b, ping_url: none }]").PingOf("b"));

    [Theory]
    [InlineData("https://ping.example/d41d8cd98f00b204/{mirror}", "GET /d41d8cd98f00b204/ce%2Fplain", "GET /***/ce%2Fplain")]
    [InlineData("https://ping.example/api/push/short?msg={mirror}", "https://ping.example/api/push/short?msg=a", "***a")]
    [InlineData("https://ping.example/k3y/{mirror}", "https://ping.example/k3y/ce%2Fplain", "***ce%2Fplain")]
    [InlineData("https://ping.example/d41d8cd98f00b204/platform-documentation",
        "mirror=ce/platform-documentation", "mirror=ce/platform-documentation")]
    [InlineData("https://ping.example/d41d8cd98f00b204/platform-documentation-2024",
        "mirror=ce/platform-documentation-2024", "mirror=ce/platform-documentation-2024")]
    [InlineData("https://ping.example/short", "to https://ping.example/short it went", "to *** it went")]
    [InlineData("https://a-very-long-host-name.example/short/{mirror}",
        "https://a-very-long-host-name.example/group/project", "https://a-very-long-host-name.example/group/project")]
    public void What_is_secret_in_a_ping_url_is_redacted_and_the_host_is_not(string url, string text, string shown)
    {
        var secrets = new SecretReader(_ => null);
        var configuration = ConfigurationText.Read($"mirrors: []\ndefaults: {{ ping_url: '{url}' }}");

        configuration.Defaults.Ping!.RegisterWith(secrets, "ce/platform-documentation-2024");

        Assert.Equal(shown, secrets.Redact(text));
        Assert.DoesNotContain("short", configuration.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Accept_is_globs() => Assert.Equal(["ce/*", "platform/terramorpher"], Full.Accept.Select(pattern => pattern.ToString()));

    [Fact]
    public void Accept_alone_is_a_consumer() =>
        Assert.Empty(ConfigurationText.Read("accept: ['*']\ndestination_base_url: https://far.example").Mirrors);

    [Fact]
    public void Printing_it_shows_no_secret()
    {
        var configuration = ConfigurationText.Read(
            "accept: ['*']", ("MIRROR_DESTINATION_BASE_URL", "https://me:hunter2hunter2@far.example"));
        Assert.DoesNotContain("hunter2", configuration.ToString(), StringComparison.Ordinal);
        Assert.Equal("hunter2hunter2", configuration.DestinationBaseUrl?.Combine("a/b").Credential?.Password);
    }
}
