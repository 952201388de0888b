using Mirror.Git;

namespace Mirror.Mirroring.Tests;

/// <summary>git-partition-sync's YAML, as it stands: a list, and base URLs from the environment.</summary>
public sealed class Partition_sync_lists
{
    private const string List = """
        - source:
            project_name: route-manager
            group: cloud-engineering
            branch: master
          destination:
            project_name: routy
            group: ce
            branch: main
        - source:
            project_name: terraformer
            group: platform
            branch: main
          destination:
            project_name: terramorpher
            group: platform
            branch: main
        """;

    private static readonly (string, string)[] Bases =
        [("MIRROR_SOURCE_BASE_URL", "https://near.example/"), ("MIRROR_DESTINATION_BASE_URL", "https://far.example/git")];

    [Fact]
    public void A_list_is_a_whole_file()
    {
        var mirrors = ConfigurationText.Read(List, Bases).Mirrors;
        Assert.Equal(["ce/routy", "platform/terramorpher"], mirrors.Select(mirror => mirror.Name));
        Assert.Equal("https://near.example/cloud-engineering/route-manager.git", mirrors[0].Source.ToString());
        Assert.Equal("https://far.example/git/ce/routy.git", mirrors[0].Destination.ToString());
    }

    [Fact]
    public void Only_the_named_branch_is_carried()
    {
        var refs = ConfigurationText.Read(List, Bases).Mirrors[0].Refs;
        Assert.Equal(["refs/heads/main"], refs.Destinations(RefName.Parse("refs/heads/master")));
        Assert.False(refs.Manages(RefName.Parse("refs/heads/other")));
        Assert.False(refs.Manages(RefName.Parse("refs/tags/v1")));
    }

    [Fact]
    public void A_directory_is_a_base_too()
    {
        var mirror = ConfigurationText.Read(List, ("MIRROR_SOURCE_BASE_URL", "near"), ("MIRROR_DESTINATION_BASE_URL", "/far")).Mirrors[0];
        Assert.Equal(
            ("/etc/mirror/near/cloud-engineering/route-manager.git", "/far/ce/routy.git"), (mirror.Source.Path, mirror.Destination.Path));
        Assert.Equal("ce/routy", mirror.Name);
    }

    [Fact]
    public void The_file_goes_before_the_environment()
    {
        var file = $"source_base_url: https://file.example\nmirrors:\n{List}";
        Assert.Equal("file.example", ConfigurationText.Read(file, Bases).Mirrors[0].Source.Host);
    }

    [Fact]
    public void Without_base_urls_it_says_where_they_come_from() => Assert.Equal(
        [
            "2:5: 'source' is a group and project, which needs source_base_url, or MIRROR_SOURCE_BASE_URL in the environment",
        ],
        ConfigurationText.Errors(List, Bases[1]));

    [Fact]
    public void A_wrong_base_url_is_reported_once() => Assert.Equal(
        ["0:0: MIRROR_SOURCE_BASE_URL: 'ftp://' is not supported: use https, http, ssh, file, or a path"],
        ConfigurationText.Errors(List, ("MIRROR_SOURCE_BASE_URL", "ftp://near.example"), Bases[1]));

    [Fact]
    public void What_a_list_has_no_room_for_comes_from_the_environment()
    {
        var configuration = ConfigurationText.Read(List, [.. Bases,
            ("MIRROR_STORE", "bucket"), ("MIRROR_STATE", "/var/lib/mirror"),
            ("MIRROR_AGE_RECIPIENTS", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p, file:more.pub"),
            ("MIRROR_AGE_IDENTITIES", "env:AGE"), ("MIRROR_SIGNING_KEY", "file:key"),
            ("MIRROR_SIGNING_TRUSTED", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f a,"
                + "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f b")]);

        Assert.Equal(("/etc/mirror/bucket", "/var/lib/mirror"), (configuration.Store?.ToString(), configuration.State?.ToString()));
        Assert.Equal([null, "/etc/mirror/more.pub"], configuration.Age.Recipients.Select(recipient => recipient.Value.File));
        Assert.Equal("env:AGE", Assert.Single(configuration.Age.Identities).Value.ToString());
        Assert.Equal("file:key", configuration.Signing.Key?.Value.ToString());
        Assert.Equal(["a", "b"], configuration.Signing.Trusted.Select(key => key.Comment));
    }

    [Fact]
    public void Every_wrong_entry_of_a_variable_is_named()
    {
        var errors = ConfigurationText.Errors(List, [.. Bases,
            ("MIRROR_AGE_RECIPIENTS", "hunter2,file:more.pub, hunter3"), ("MIRROR_AGE_IDENTITIES", "hunter4,hunter5,env:A")]);

        Assert.Equal(
            ["MIRROR_AGE_RECIPIENTS: entry 1", "MIRROR_AGE_RECIPIENTS: entry 3",
                "MIRROR_AGE_IDENTITIES: entry 1", "MIRROR_AGE_IDENTITIES: entry 2"],
            errors.Select(error => string.Join(':', error.Split(':')[2..4]).Trim()));
        Assert.DoesNotContain(errors, error => error.Contains("hunter", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("MIRROR_STORE", "gs://x")]
    [InlineData("MIRROR_AGE_IDENTITIES", "AGE-SECRET-KEY-1HUNTER2")]
    [InlineData("MIRROR_SIGNING_TRUSTED", "hunter2")]
    public void What_is_wrong_in_the_environment_is_named_and_not_quoted(string variable, string value)
    {
        var error = Assert.Single(ConfigurationText.Errors(List, [.. Bases, (variable, value)]));

        Assert.Contains(variable, error, StringComparison.Ordinal);
        Assert.DoesNotContain(value, error, StringComparison.OrdinalIgnoreCase);
    }
}
