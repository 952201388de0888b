using Mirror.Functions.Telemetry;

namespace Mirror.Functions.Tests.Telemetry;

/// <summary>URLs in the texts of others.</summary>
public sealed class UrlTextTests
{
    [Theory]
    [InlineData("proxy 'http://u:q@h:1/' failed", "proxy 'http://***@h:1/' failed")]
    [InlineData("proxy 'http://u:q'7@h:1/' failed", "proxy 'http://***@h:1/' failed")]
    [InlineData("proxy 'http://u'v:q''7@x@h:1/' failed", "proxy 'http://***@h:1/' failed")]
    [InlineData("proxy 'http://h:1/' of a@b failed", "proxy 'http://h:1/' of a@b failed")]
    [InlineData("proxy 'http://h:1' of a@b failed", "proxy 'http://h:1' of a@b failed")]
    public void The_user_and_password_are_cut_out_of_a_URL(string text, string expected) =>
        Assert.Equal(expected, UrlText.WithoutUserInfo(text));
}
