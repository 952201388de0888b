using System.Text;
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
    [InlineData("p@ss/w rd!", "https://u:p%40sS%2Fw%20rd%21@h", "https://u:p%40sS%2Fw%20rd%21@h")]
    [InlineData("P@ss/W rd!", "https://u:P%40ss%2fW%20rd%21@h", "https://u:***@h")]
    [InlineData("a&b<c\"d'e", "<p>a&amp;b&lt;c&quot;d&#39;e</p>", "<p>***</p>")]
    [InlineData("a&b<c\"d'e", "<p>a&amp;b&lt;c&quot;d&#x27;e</p>", "<p>***</p>")]
    [InlineData("pa/ss/word", "{\"a\":\"pa\\/ss\\/word\"}", "{\"a\":\"***\"}")]
    [InlineData("pass:word", "cGFzczp3b3Jk", "***")]
    [InlineData("main", "bWFpbg==", "bWFpbg==")]
    [InlineData("", "text", "text")]
    public void A_value_is_starred_in_all_its_forms(string value, string text, string expected)
    {
        _secrets.Register(value);
        Assert.Equal(expected, _secrets.Redact(text));
    }

    [Theory]
    [InlineData("hunter2")]
    [InlineData("longer/pass+word?")]
    [InlineData("p\u00e4\u00df\u00b6w\u00f6rd")]
    public void A_value_is_found_in_whatever_was_encoded_with_it(string value)
    {
        _secrets.Register(value);
        foreach (var before in new[] { "", "u", "us", "use", "user:" })
        {
            foreach (var after in new[] { "", "x", "xy", "xyz" })
            {
                var plain = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{before}{value}{after}"));
                Assert.Contains("***", _secrets.Redact(plain), StringComparison.Ordinal);
                Assert.Contains("***", _secrets.Redact(plain.Replace('+', '-').Replace('/', '_')), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("http://user:hunter2@proxy:3128")]
    [InlineData("user:hunter2@proxy:3128")]
    [InlineData("https://user:hunt%65r2@h/x")]
    [InlineData("https://user:hunter2@h/x@y")]
    [InlineData("--remote=https://user:hunter2@h")]
    [InlineData("git@h:hunter2@x")]
    [InlineData("https://hunter2@h/x")]
    public void What_may_be_a_password_in_a_url_is_starred(string text)
    {
        _secrets.RegisterUserInfo(text);
        Assert.Equal(text.StartsWith("git@", StringComparison.Ordinal) ? "hunter2" : "***", _secrets.Redact("hunter2"));
    }

    [Theory]
    [InlineData("https://user:hun/ter@2@h/x", "hun/ter@2")]
    [InlineData("https://user:hun/ter2@h/x@y", "hun/ter2")]
    [InlineData("https://user:12/ter2@h", "12/ter2")]
    [InlineData("user:hun/ter@2@h/x", "hun/ter@2")]
    public void A_password_with_a_slash_that_nobody_escaped_is_starred(string text, string password)
    {
        _secrets.RegisterUserInfo(text);
        Assert.Equal("a ***", _secrets.Redact($"a {password}"));
    }

    [Theory]
    [InlineData("https://a.example/x https://user:hunter2@b.example/y")]
    [InlineData("https://a.example/x,https://b.example/y,https://hunter2@c.example/z")]
    [InlineData("https://first:hunter1@a.example https://user:hunter2@b.example")]
    [InlineData("https://user@a.example https://user:hunter2@b.example/x@y")]
    [InlineData("git+ssh://git@a.example/x;https://user:hunter2@b.example")]
    public void A_password_is_found_in_any_url_of_a_text(string text)
    {
        _secrets.RegisterUserInfo(text);
        Assert.Equal("a ***", _secrets.Redact("a hunter2"));
    }

    [Fact]
    public void As_many_urls_as_there_are_cost_what_one_costs_each()
    {
        var urls = Enumerable.Range(0, 2000).Select(number => $"https://user:hunter{number:0000}@h").ToList();
        _secrets.RegisterUserInfo(string.Join(' ', urls));
        Assert.All(urls, url => Assert.DoesNotContain("hunter", _secrets.Redact(url), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("git@git.example:group/project@v2")]
    [InlineData("ssh://git@git.example:2222/group/project")]
    [InlineData("refs/heads/main:refs/heads/x@y")]
    [InlineData("https://git.example/group/project@v2")]
    public void What_is_no_password_is_not(string text)
    {
        _secrets.RegisterUserInfo(text);
        Assert.Equal(text, _secrets.Redact(text));
    }

    [Fact]
    public void Passwords_in_variables_are_starred_and_users_are_not()
    {
        _secrets.RegisterVariables(new Dictionary<string, string>
        {
            ["https_proxy"] = "http://alice:hunter2@proxy:1",
            ["ALL_PROXY"] = "bob:hunter3@proxy:1",
            ["http_proxy"] = "http://caroline@proxy:1",
            ["MIRROR_SOURCE_BASE_URL"] = "https://x:hunter4@h",
            ["PROMPT"] = "user:hunter5@host",
        });
        Assert.Equal("*** *** caroline *** hunter5", _secrets.Redact("hunter2 hunter3 caroline hunter4 hunter5"));
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
        Assert.Equal(
            """{"a":"***"}""", _secrets.Redact(JsonSerializer.Serialize(new Dictionary<string, string> { ["a"] = "pass\"w\\rd<é" })));
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
