using System.Text.Json;
using Mirror.Git;

namespace Mirror.Mirroring.Tests;

public sealed class Redacting
{
    private readonly SecretReader _secrets = new(_ => null);

    [Theory]
    [InlineData("hunter2", "a hunter2 b hunter2", "a *** b ***")]
    [InlineData("hunter2", "nothing", "nothing")]
    [InlineData("hunter2", "hunter2hunter2", "******")]
    [InlineData("p@ss/w rd!", "https://u:p%40ss%2Fw%20rd%21@h", "https://u:***@h")]
    [InlineData("p@ss/w rd!", "https://u:p%40ss%2fw%20rd%21@h", "https://u:***@h")]
    [InlineData("p@ss/w rd!", "https://u:p%40ss%2Fw%20rd!@h", "https://u:***@h")]
    [InlineData("p@ss/w rd!", "q=p%40ss%2Fw+rd!&x", "q=***&x")]
    [InlineData("", "text", "text")]
    public void A_value_is_starred_in_all_its_forms(string value, string text, string expected)
    {
        _secrets.Register(value);
        Assert.Equal(expected, _secrets.Redact(text));
    }

    [Fact]
    public void A_url_that_Uri_wrote_is_starred()
    {
        _secrets.Register("pä$s:w@rd%");
        var url = new UriBuilder("https://host/") { UserName = "u", Password = Uri.EscapeDataString("pä$s:w@rd%") }.Uri;
        Assert.Equal("https://u:***@host/", _secrets.Redact(url.AbsoluteUri));
    }

    [Fact]
    public void Json_is_starred()
    {
        _secrets.Register("pass\"w\\rd<é");
        Assert.Equal("""{"a":"***"}""", _secrets.Redact(JsonSerializer.Serialize(new Dictionary<string, string> { ["a"] = "pass\"w\\rd<é" })));
    }

    [Fact]
    public void The_header_of_a_credential_is_starred()
    {
        _secrets.Register(new Credential("user", "hunter2"));
        Assert.Equal("Authorization: Basic ***, ***", _secrets.Redact("Authorization: Basic dXNlcjpodW50ZXIy, hunter2"));
    }

    [Fact]
    public void A_token_in_the_user_name_is_starred_and_a_name_is_not()
    {
        _secrets.Register(new Credential("ghp_0123456789abcdefghij", "x-oauth-basic"));
        _secrets.Register(new Credential("oauth2", "hunter2"));
        _secrets.Register(new Credential("lonely-token", ""));
        Assert.Equal("*** *** oauth2 ***", _secrets.Redact("ghp_0123456789abcdefghij x-oauth-basic oauth2 lonely-token"));
    }

    [Fact]
    public void Values_that_overlap_leave_nothing()
    {
        _secrets.Register("abcdef");
        _secrets.Register("defghi");
        _secrets.Register("abcd");
        Assert.Equal("-***-", _secrets.Redact("-abcdefghi-"));
    }

    [Fact]
    public void A_value_of_three_characters_does_not_wreck_the_text()
    {
        _secrets.Register(new Credential("u", "pw"));
        Assert.Equal("pwd is up, Basic ***", _secrets.Redact("pwd is up, Basic dTpwdw=="));
    }

    [Fact]
    public void Of_a_key_file_each_line_is_starred_but_not_its_comments()
    {
        _secrets.Register("# created: today\n# public key: age1xyz\nAGE-SECRET-KEY-1ABC\nAGE-SECRET-KEY-1DEF");
        Assert.Equal("# created: today ***, ***", _secrets.Redact("# created: today AGE-SECRET-KEY-1DEF, AGE-SECRET-KEY-1ABC"));
    }

    [Fact]
    public void Many_threads_may_register_and_redact()
    {
        Parallel.For(0, 500, i =>
        {
            _secrets.Register($"secret-{i:D4}");
            Assert.Equal("***", _secrets.Redact($"secret-{i:D4}"));
        });
        Assert.Equal("*** ***", _secrets.Redact("secret-0000 secret-0499"));
    }
}
