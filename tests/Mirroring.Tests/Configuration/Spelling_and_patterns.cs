using Mirror.Storage;

namespace Mirror.Mirroring.Tests;

public sealed class Spelling_and_patterns
{
    [Theory]
    [InlineData("sorce", "source")]
    [InlineData("souce", "source")]
    [InlineData("suorce", "source")]
    [InlineData("destinaton", "destination")]
    [InlineData("targets", null)]
    [InlineData("", null)]
    public void The_nearest_key_is_a_slip_away(string word, string? expected) =>
        Assert.Equal(expected, Spelling.Nearest(word, ["source", "destination", "refs"]));

    [Fact]
    public void Among_no_words_none_is_near() => Assert.Null(Spelling.Nearest("source", []));

    [Theory]
    [InlineData("ce/*", "ce/routy", true)]
    [InlineData("ce/*", "ce/sub/routy", true)]
    [InlineData("ce/*", "cee/routy", false)]
    [InlineData("ce/*", "ce", false)]
    [InlineData("*", "", true)]
    [InlineData("*/routy", "a/b/routy", true)]
    [InlineData("*/rou*y", "a/rouxy/rouy", true)]
    [InlineData("r?uty", "routy", true)]
    [InlineData("r?uty", "ruty", false)]
    [InlineData("routy", "Routy", false)]
    [InlineData("*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false)]
    public void A_pattern_matches_whole_names(string pattern, string name, bool expected) =>
        Assert.Equal(expected, NamePattern.Parse(pattern).Matches(name));

    [Theory]
    [InlineData("./bucket", "/etc/mirror/bucket")]
    [InlineData("/var/bucket/", "/var/bucket")]
    [InlineData("az://account/container", "az://account/container")]
    [InlineData("az://account/container/a/b/", "az://account/container/a/b")]
    [InlineData("s3://bucket", "s3://bucket")]
    [InlineData("s3://bucket/a?region=eu-west-1", "s3://bucket/a")]
    public void A_location_prints_where_it_is(string text, string expected) =>
        Assert.Equal(expected, StoreLocation.Parse(text, "/etc/mirror").ToString());

    [Theory]
    [InlineData("/a", "/a/", true)]
    [InlineData("/a", "/a/b", true)]
    [InlineData("/", "/a", true)]
    [InlineData("/a", "/ab", false)]
    [InlineData("az://account/one/x", "az://account/one/y", true)]
    [InlineData("az://account/one", "az://account/two", false)]
    [InlineData("s3://bucket/x", "s3://bucket/y?region=eu-west-1", true)]
    [InlineData("s3://bucket", "s3://bucket?endpoint=http://localhost:9000", false)]
    [InlineData("s3://bucket", "s3://bucket?endpoint=https://s3.eu-west-1.amazonaws.com", true)]
    [InlineData("az://account/one", "az://account/one?endpoint=https://account.blob.core.windows.net/", true)]
    [InlineData("az://account/one", "az://account/one?endpoint=https://account.blob.core.chinacloudapi.cn", false)]
    [InlineData("s3://bucket", "/bucket", false)]
    public void Stores_in_one_place_overlap(string left, string right, bool expected)
    {
        Assert.Equal(expected, StoreLocation.Parse(left, "/").Overlaps(StoreLocation.Parse(right, "/")));
        Assert.Equal(expected, StoreLocation.Parse(right, "/").Overlaps(StoreLocation.Parse(left, "/")));
    }
}
