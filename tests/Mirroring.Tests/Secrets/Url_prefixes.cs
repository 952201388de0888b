namespace Mirror.Mirroring.Tests;

public sealed class Url_prefixes
{
    [Theory]
    [InlineData("https://host", "https://host/", true)]
    [InlineData("https://host", "https://host/any/thing.git", true)]
    [InlineData("https://host/", "https://host/any", true)]
    [InlineData("https://HOST", "https://host/any", true)]
    [InlineData("https://host:443", "https://host/any", true)]
    [InlineData("https://host/acme", "https://host/acme", true)]
    [InlineData("https://host/acme", "https://host/acme/app.git", true)]
    [InlineData("https://host/acme/", "https://host/acme/app.git", true)]
    [InlineData("https://host/acme/app.git", "https://host/acme/app.git", true)]
    [InlineData("https://host/acme", "https://host/acme-evil/app.git", false)]
    [InlineData("https://host/acme", "https://host/acme.git", false)]
    [InlineData("https://host/acme", "https://host/ACME/app.git", false)]
    [InlineData("https://host/acme", "https://host/", false)]
    [InlineData("https://host/acme", "https://host//acme/app.git", false)]
    [InlineData("https://host/acme", "https://host/acme/../evil/app.git", false)]
    [InlineData("https://host/acme", "https://host/acme/%2e%2e/evil/app.git", false)]
    [InlineData("https://host/acme", "https://host/acme%2Fapp.git", false)]
    [InlineData("https://host", "https://host.evil.com/", false)]
    [InlineData("https://host", "https://evil.host/", false)]
    [InlineData("https://host", "https://host@evil.com/", false)]
    [InlineData("https://host", "https://evil.com/https://host/", false)]
    [InlineData("https://host", "http://host/", false)]
    [InlineData("http://host", "https://host/", false)]
    [InlineData("https://host", "https://host:8443/", false)]
    [InlineData("https://host:8443", "https://host/", false)]
    public void Match_whole_segments_of_the_same_server(string prefix, string url, bool expected) =>
        Assert.Equal(expected, UrlPrefix.Parse(prefix).Matches(new Uri(url)));

    [Theory]
    [InlineData("host")]
    [InlineData("/host")]
    [InlineData("ssh://git@host/")]
    [InlineData("https://")]
    [InlineData("https://user@host/")]
    [InlineData("https://host/?a")]
    [InlineData("https://host/#a")]
    public void Are_http_urls_and_nothing_else(string text) => Assert.Throws<FormatException>(() => UrlPrefix.Parse(text));
}
