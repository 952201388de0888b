using Mirror.Git;

namespace Mirror.Mirroring.Tests;

public sealed class Netrc_files
{
    [Theory]
    [InlineData("machine host login u password p", "u", "p")]
    [InlineData("machine HOST login u password p", "u", "p")]
    [InlineData("machine\nhost\n\tlogin\r\n u\npassword\n\np\n", "u", "p")]
    [InlineData("machine host password p login u", "u", "p")]
    [InlineData("machine host password p", "", "p")]
    [InlineData("MACHINE host Login u PassWord p", "u", "p")]
    [InlineData("machine other login a password b machine host login u password p", "u", "p")]
    [InlineData("machine host login u password p machine host login v password q", "u", "p")]
    [InlineData("default login u password p", "u", "p")]
    [InlineData("default login d password d\nmachine host login u password p", "u", "p")]
    [InlineData("machine host login u account a password p", "u", "p")]
    [InlineData("machine host login \"u v\" password \"p \\\"q\\\" \\\\ #\"", "u v", "p \"q\" \\ #")]
    [InlineData("machine host login u password #p", "u", "#p")]
    [InlineData("# machine host login x password y\nmachine host # the login\nlogin u password p # end", "u", "p")]
    [InlineData("macdef init\nmachine host login x password y\ncd /\n\nmachine host login u password p", "u", "p")]
    [InlineData("machine host login u password p\r\nmacdef init\r\nbin\r\n\r\nmachine other login v password q", "u", "p")]
    [InlineData("machine host login password password login", "password", "login")]
    public void Give_the_login_of_a_host(string text, string username, string password) =>
        Assert.Equal(new Credential(username, password), Netrc.Parse(text).Find("host"));

    [Theory]
    [InlineData("")]
    [InlineData("\n\n# nothing\n")]
    [InlineData("machine other login u password p")]
    [InlineData("machine host.evil.com login u password p")]
    [InlineData("machine host login u default login d password d")]
    [InlineData("macdef init\nmachine host login u password p")]
    public void Or_nothing(string text) => Assert.Null(Netrc.Parse(text).Find("host"));

    [Theory]
    [InlineData("hunter2", 1)]
    [InlineData("login hunter2", 1)]
    [InlineData("machine host\nlogin u\npassword p hunter2", 3)]
    [InlineData("machine host login u\n\npassword", 3)]
    [InlineData("machine host password \"hunter2", 1)]
    [InlineData("machine host password\n\"hunter2\nx\"", 2)]
    [InlineData("machine host password \"hunter2\\", 1)]
    [InlineData("machine", 1)]
    [InlineData("macdef a\nx\n\n\nhunter2", 5)]
    public void Are_refused_with_the_line_and_without_the_words(string text, int line)
    {
        var exception = Assert.Throws<FormatException>(() => Netrc.Parse(text));
        Assert.StartsWith($"{line}: ", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }
}
