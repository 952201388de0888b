using System.Text;
using Mirror.Functions.Webhook;
using Mirror.Git;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Which repository an event is about, and which sources that is.</summary>
public sealed class PayloadTests
{
    [Theory]
    [InlineData("https://github.com/ce/routy")]
    [InlineData("https://github.com/ce/routy.git")]
    [InlineData("https://GitHub.com/ce/routy/")]
    [InlineData("http://github.com/ce/routy.git/")]
    [InlineData("https://token@github.com/CE/Routy.git")]
    [InlineData("git@github.com:ce/routy.git")]
    [InlineData("github.com:/ce/routy")]
    [InlineData("ssh://git@github.com/ce/routy.git")]
    [InlineData("ssh://git@github.com:22/ce/routy.git")]
    [InlineData("https://github.com:443/ce/%72outy.git")]
    public void A_push_is_about_its_source_however_that_is_written(string source) =>
        Assert.Contains(Address(source), Read(Forge.GitHub, ForgeEvents.GitHubPush));

    [Theory]
    [InlineData("https://github.com/ce/other")]
    [InlineData("https://github.com/ce")]
    [InlineData("https://github.com/ce/routy.git.git")]
    [InlineData("https://github.com/ce/routy/wiki")]
    [InlineData("https://github.com:8443/ce/routy")]
    [InlineData("https://github.example.com/ce/routy")]
    [InlineData("https://api.github.com/repos/ce/routy")]
    [InlineData("/ce/routy")]
    public void And_about_no_other(string source) => Assert.DoesNotContain(Address(source), Read(Forge.GitHub, ForgeEvents.GitHubPush));

    [Theory]
    [InlineData("https://gitlab.example.com/ce/routy.git")]
    [InlineData("git@gitlab.example.com:ce/routy.git")]
    public void So_is_one_of_GitLab(string source) =>
        Assert.Equal(Address(source), Assert.Single(Read(Forge.GitLab, ForgeEvents.GitLabPush)));

    [Theory]
    [InlineData("https://git.example.com/ce/routy.git")]
    [InlineData("/srv/git/routy.git")]
    public void Whoever_can_sign_says_a_URL(string source) =>
        Assert.Equal([Address(source)], Read(Forge.Generic, $$"""{"repository": "{{source}}"}"""));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"repository": null, "project": null}""")]
    [InlineData("""{"repository": {}, "project": {}}""")]
    [InlineData("""{"repository": {"clone_url": "", "ssh_url": "ftp://host/path"}, """
        + """ "project": {"git_http_url": "https://", "git_ssh_url": null}}""")]
    [InlineData("""{"organization": {"login": "ce"}}""")]
    public void An_event_may_be_about_no_repository(string body)
    {
        Assert.Empty(Read(Forge.GitHub, body));
        Assert.Empty(Read(Forge.GitLab, body));
    }

    [Theory]
    [InlineData("")]
    [InlineData("payload=%7B%22ref%22%3A%22refs%2Fheads%2Fmain%22%7D")]
    [InlineData("{")]
    [InlineData("{\"repository\": {\"clone_url\": \"https://github.com/ce/routy\"}, \"project\": {")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"text\"")]
    [InlineData("""{"repository": 1, "project": 1}""")]
    [InlineData("""{"repository": ["https://github.com/ce/routy"], "project": []}""")]
    [InlineData("""{"repository": {"clone_url": 1}, "project": {"git_http_url": {}}}""")]
    [InlineData("""{"repository": {"clone_url": "\ud800"}, "project": {"git_http_url": "\udc00"}}""")]
    public void What_is_no_event_says_so(string body) =>
        Assert.All(Enum.GetValues<Forge>(), forge => Assert.Throws<FormatException>(() => Read(forge, body)));

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"repository": null}""")]
    public void A_generic_one_must_name_a_repository(string body) => Assert.Throws<FormatException>(() => Read(Forge.Generic, body));

    [Fact]
    public void Every_beginning_of_an_event_is_refused() => Assert.All(
        Enumerable.Range(0, Encoding.UTF8.GetByteCount(ForgeEvents.GitHubPush)),
        size => Assert.Throws<FormatException>(
            () => Payload.Read(Forge.GitHub, Encoding.UTF8.GetBytes(ForgeEvents.GitHubPush).AsMemory(0, size))));

    [Fact]
    public void And_one_nested_without_end() => Assert.Throws<FormatException>(() => Read(Forge.GitHub, new string('[', 500_000)));

    private static IReadOnlyList<RepositoryAddress> Read(Forge forge, string body) => Payload.Read(forge, Encoding.UTF8.GetBytes(body));

    private static RepositoryAddress Address(string source) => RepositoryAddress.Of(RemoteUrl.Parse(source, "/"));
}
