using Mirror.Git.Tests.Remotes;
using Mirror.Git.Transport;
using Mirror.Tests.Servers;

namespace Mirror.Git.Tests.Transport;

public class ChildEnvironmentTests
{
    private const string Secret = "hunter2";

    private static readonly RemoteSettings Settings = new()
    {
        Http = Remote.Http,
        SecretVariables = ["NAMED"],
        HoldsSecret = text => text.Contains(Secret, StringComparison.Ordinal),
    };

    [Theory]
    [InlineData("SYSTEM_ACCESSTOKEN")]
    [InlineData("PGPASSWORD")]
    [InlineData("MYSQL_PWD")]
    [InlineData("SMTP_PASS")]
    [InlineData("GITHUB_PAT")]
    [InlineData("CI_JOB_JWT")]
    [InlineData("CI_JOB_JWT_V2")]
    [InlineData("DOCKER_AUTH_CONFIG")]
    [InlineData("APPSETTING_ANYTHING")]
    [InlineData("SQLAZURECONNSTR_ANYTHING")]
    [InlineData("APPSETTING_CUSTOMCONNSTR_ANYTHING")]
    [InlineData("github_token")]
    [InlineData("NAMED")]
    public void What_is_named_like_a_secret_is_left_out(string name) => Assert.Empty(Clear((name, "x")));

    [Theory]
    [InlineData("PATH")]
    [InlineData("PWD")]
    [InlineData("OLDPWD")]
    [InlineData("SSH_AUTH_SOCK")]
    [InlineData("SSH_ASKPASS")]
    [InlineData("GIT_ASKPASS")]
    [InlineData("GIT_SSL_CAINFO")]
    [InlineData("XAUTHORITY")]
    [InlineData("https_proxy")]
    public void What_git_and_ssh_need_stays(string name) => Assert.Equal([name], Clear((name, "x")).Keys);

    [Theory]
    [InlineData("ORDINARY", Secret)]
    [InlineData("A_COPY_OF_A_URL", $"https://user:{Secret}@h")]
    [InlineData("https_proxy", $"http://user:{Secret}@proxy:3128")]
    [InlineData("GIT_CONFIG_PARAMETERS", $"'http.extraheader'='Authorization: Bearer {Secret}'")]
    [InlineData("GIT_CONFIG_PARAMETERS", "'http.https://h/.extraHeader'='Authorization: Basic abc'")]
    [InlineData("GIT_CONFIG_PARAMETERS", "'credential.helper'='!echo password=abc'")]
    public void What_holds_a_secret_is_left_out(string name, string value) => Assert.Empty(Clear((name, value)));

    [Theory]
    [InlineData("PATH")]
    [InlineData("HOME")]
    [InlineData("SSH_AUTH_SOCK")]
    public void A_place_that_holds_a_short_password_by_chance_stays(string name) =>
        Assert.Equal([name], Clear((name, $"/{Secret}/bin")).Keys);

    [Theory]
    [InlineData("http.extraHeader", $"Authorization: Bearer {Secret}")]
    [InlineData("http.https://h/.extraheader", "Authorization: Basic abc")]
    [InlineData("credential.helper", "!echo password=abc")]
    [InlineData($"url.https://user:{Secret}@h/.insteadOf", "https://h/")]
    public async Task A_setting_of_git_that_holds_a_secret_is_emptied_and_git_still_starts(string key, string value)
    {
        var environment = Clear(("GIT_CONFIG_COUNT", "2"), ("GIT_CONFIG_KEY_0", key), ("GIT_CONFIG_VALUE_0", value),
            ("GIT_CONFIG_KEY_1", "safe.directory"), ("GIT_CONFIG_VALUE_1", "/a"));

        Assert.DoesNotContain(environment, variable => variable.Value == value || variable.Value == key);
        var settings = await new Command("git", "config", "--list") { Environment = environment }.RunAsync();
        Assert.Contains("safe.directory=/a", settings, StringComparison.Ordinal);
    }

    private static Dictionary<string, string?> Clear(params (string Name, string Value)[] variables)
    {
        var environment = variables.ToDictionary(variable => variable.Name, variable => (string?)variable.Value);
        ChildEnvironment.Clear(environment, Settings);
        return environment;
    }
}
