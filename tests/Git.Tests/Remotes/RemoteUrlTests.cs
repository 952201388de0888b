using Mirror.Git.Transport;

namespace Mirror.Git.Tests.Remotes;

public class RemoteUrlTests
{
    [Theory]
    [InlineData("https://h.example/a/b.git", "https://h.example/a/b.git")]
    [InlineData("https://h.example/a/b.git/", "https://h.example/a/b.git")]
    [InlineData("HTTPS://H.Example:443/A", "https://h.example/A")]
    [InlineData("https://h.example:8443/a", "https://h.example:8443/a")]
    [InlineData("http://[::1]:80/a", "http://[::1]/a")]
    [InlineData("https://user:secret@h.example/a", "https://h.example/a")]
    [InlineData("https://user@h.example/a b", "https://h.example/a%20b")]
    [InlineData("ssh://h.example/srv/a.git", "ssh://h.example/srv/a.git")]
    [InlineData("ssh://git@h.example:2222/a b", "ssh://git@h.example:2222/a b")]
    [InlineData("ssh://git:secret@h.example/a", "ssh://git@h.example/a")]
    [InlineData("ssh://git@h.example/~me/a", "ssh://git@h.example/~me/a")]
    [InlineData("git@h.example:a/b.git", "ssh://git@h.example/a/b.git")]
    [InlineData("h.example:/srv/a", "ssh://h.example/srv/a")]
    [InlineData("git@[::1]:a", "ssh://git@[::1]/a")]
    [InlineData("ssh://git@[::1]:2222/a", "ssh://git@[::1]:2222/a")]
    [InlineData("file:///srv/a%20b.git", "/srv/a b.git")]
    [InlineData("/srv/a.git", "/srv/a.git")]
    [InlineData("a.git", "/here/a.git")]
    [InlineData("../a.git", "/a.git")]
    [InlineData("./a:b.git", "/here/a:b.git")]
    [InlineData("-a.git", "/here/-a.git")]
    public void Urls_and_paths_are_read_and_printed_without_passwords(string text, string printed)
    {
        var url = RemoteUrl.Parse(text, "/here");

        Assert.Equal(printed, url.ToString());
        Assert.DoesNotContain("secret", $"{url}{url.Credential}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://")]
    [InlineData("https:///a")]
    [InlineData("http://h.example:port/a")]
    [InlineData("http://h.example:99999/a")]
    [InlineData("https://h example/a")]
    [InlineData("git://h.example/a")]
    [InlineData("ftp://h.example/a")]
    [InlineData("ext::sh://x")]
    [InlineData("file://h.example/a")]
    [InlineData("file://a")]
    [InlineData("ssh:///a")]
    [InlineData("ssh://-oProxyCommand=x/a")]
    [InlineData("ssh://-oProxyCommand=x@h.example/a")]
    [InlineData("-oProxyCommand=x:a")]
    [InlineData("-ox@h.example:a")]
    [InlineData("h.example:-a")]
    [InlineData("h.example:")]
    [InlineData("git@:a")]
    [InlineData("[]:a")]
    [InlineData("@h.example:a")]
    // A control character, plain or hidden, makes one line look like two, or ends a word.
    [InlineData("https://h.example/a\nb")]
    [InlineData("https://h.example/a\0b")]
    [InlineData("/srv/a\nb")]
    [InlineData("file:///a%00b")]
    [InlineData("file:///a%0ab")]
    [InlineData("ssh://h.example/a%00b")]
    [InlineData("ssh://h.example/a%0db")]
    [InlineData("ssh://a%0ab@h.example/a")]
    // A query is where tokens are; neither it nor a fragment belongs to a repository's place.
    [InlineData("https://h.example/a?private_token=secret")]
    [InlineData("https://h.example/a#b")]
    [InlineData("ssh://h.example/a#1.git")]
    [InlineData("ssh://h.example/a?b")]
    public void Other_text_is_refused_and_not_repeated_with_its_secrets(string text)
    {
        var failure = Assert.Throws<FormatException>(() => RemoteUrl.Parse(text, "/here"));

        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    // An option inside of brackets, which do not reach ssh.
    [InlineData("[-oProxyCommand=touch secret]:a")]
    [InlineData("git@[-oProxyCommand=x]:a")]
    [InlineData("[[-oProxyCommand=x]]:a")]
    [InlineData("ssh://[-oProxyCommand=x]/a")]
    [InlineData("ssh://%2doProxyCommand=x/a")]
    [InlineData("ssh://%2doProxyCommand=x@h.example/a")]
    [InlineData("-l@h.example:a")]
    // ssh hands host and user to the shell of a ProxyCommand.
    [InlineData("`id`:a")]
    [InlineData("$(id):a")]
    [InlineData("h;id:a")]
    [InlineData("h|id:a")]
    [InlineData("h&id:a")]
    [InlineData("h>f:a")]
    [InlineData("h<f:a")]
    [InlineData("h'x:a")]
    [InlineData("h\"x:a")]
    [InlineData("h\\x:a")]
    [InlineData("h x:a")]
    [InlineData("h{a,b}:a")]
    [InlineData("h*:a")]
    [InlineData("h!:a")]
    [InlineData("#h:a")]
    [InlineData("~h:a")]
    [InlineData("h=x:a")]
    [InlineData("h%h:a")]
    [InlineData("[::1$(id)]:a")]
    [InlineData("[a@-oX]:a")]
    [InlineData("h]:a")]
    [InlineData("[h:a")]
    [InlineData("h\u00a0x:a")]
    [InlineData("h\u2028x:a")]
    [InlineData("`id`@h.example:a")]
    [InlineData("$(id)@h.example:a")]
    [InlineData("a;id@h.example:a")]
    [InlineData("a b@h.example:a")]
    [InlineData("a'b@h.example:a")]
    [InlineData("a\\@h.example:a")]
    [InlineData("ssh://%24%28id%29@h.example/a")]
    [InlineData("ssh://a%27b@h.example/a")]
    [InlineData("ssh://:secret@h.example/a")]
    public void A_host_or_user_that_ssh_or_a_shell_would_read_otherwise_is_refused(string text)
    {
        var failure = Assert.Throws<FormatException>(() => RemoteUrl.Parse(text, "/here"));

        Assert.DoesNotContain("secret", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
    }

    [Theory]
    [InlineData("git@git_1.h-2.example:a", "git", "git_1.h-2.example")]
    [InlineData("[fe80::1%eth0]:a", null, "fe80::1%eth0")]
    [InlineData("[h.example]:a", null, "h.example")]
    [InlineData("first.last+tag@corp@h.example:a", "first.last+tag@corp", "h.example")]
    [InlineData("b\u00fccher.example:a", null, "b\u00fccher.example")]
    public void Ordinary_hosts_and_users_reach_ssh_behind_its_options(string text, string? user, string host)
    {
        var start = GitProcess.For(RemoteUrl.Parse(text, "/here"), GitService.UploadPack, new RemoteSettings { Http = Remote.Http });

        Assert.Equal(["--", user is null ? host : $"{user}@{host}"], start.ArgumentList.TakeLast(3).Take(2));
    }

    [Theory]
    [InlineData("https://user:secret@")]
    [InlineData("https://user:secret@h.example:port/a")]
    [InlineData("ftp://user:secret@h.example/a")]
    [InlineData("file://user:secret@h.example/a")]
    [InlineData("ssh://user:secret@/a")]
    public void A_refusal_does_not_repeat_the_password(string text) =>
        Assert.DoesNotContain(
            "secret", Assert.Throws<FormatException>(() => RemoteUrl.Parse(text, "/here")).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("https://a:b@h.example/x", "a", "b")]
    [InlineData("https://a:b%3Ac%40d@h.example/x", "a", "b:c@d")]
    [InlineData("https://a:b:c@h.example/x", "a", "b:c")]
    [InlineData("https://token@h.example/x", "token", "")]
    [InlineData("https://:b@h.example/x", "", "b")]
    public void Userinfo_is_a_credential(string text, string username, string password)
    {
        var credential = RemoteUrl.Parse(text, "/here").Credential!;

        Assert.Equal((username, password), (credential.Username, credential.Password));
        Assert.Equal("***", credential.ToString());
    }

    [Theory]
    [InlineData("ssh://git@h.example:2222/srv/a.git", "git", "h.example", 2222, "/srv/a.git")]
    [InlineData("ssh://h.example/~me/a", null, "h.example", null, "~me/a")]
    [InlineData("git@h.example:a/b.git", "git", "h.example", null, "a/b.git")]
    [InlineData("a@b@h.example:c", "a@b", "h.example", null, "c")]
    [InlineData("h.example:c:d", null, "h.example", null, "c:d")]
    [InlineData("git@[::1]:a", "git", "[::1]", null, "a")]
    [InlineData("ssh://h.example/a%23b%3Fc", null, "h.example", null, "/a#b?c")]
    public void Ssh_is_user_host_port_and_path(string text, string? user, string host, int? port, string path)
    {
        var url = RemoteUrl.Parse(text, "/here");

        Assert.Equal((RemoteScheme.Ssh, user, host, port, path), (url.Scheme, url.User, url.Host, url.Port, url.Path));
    }

    [Theory]
    [InlineData("https://h.example/ce/routy.git", "ce/routy")]
    [InlineData("https://h.example/ce/routy/", "ce/routy")]
    [InlineData("git@h.example:ce/routy.git", "ce/routy")]
    [InlineData("/srv/git/routy.git", "routy")]
    [InlineData("https://h.example/.git", ".git")]
    public void A_destination_gives_a_mirror_its_name(string text, string name) =>
        Assert.Equal(name, RemoteUrl.Parse(text, "/here").MirrorName);

    [Fact]
    public void Ssh_gets_an_address_without_its_brackets()
    {
        using var http = new HttpAccess(authorities: null);

        var start = GitProcess.For(
            RemoteUrl.Parse("ssh://git@[::1]:2222/a", "/here"), GitService.UploadPack, new RemoteSettings { Http = http });

        Assert.Equal(["-p2222", "--", "git@::1", "git-upload-pack '/a'"], start.ArgumentList.TakeLast(4));
    }
}
