using Mirror.Git;

namespace Mirror.Mirroring.Tests;

public sealed class Finding_credentials : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mirror-netrc-").FullName;
    private readonly SecretReader _secrets = new(name => name == "MISSING" ? null : $"password-of-{name}");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData("https://host/x.git", "A")]
    [InlineData("https://host/acme/x.git", "B")]
    [InlineData("https://host/acme/deep/x.git", "C")]
    [InlineData("https://host/acme-evil/x.git", "A")]
    [InlineData("https://host.evil.com/acme/x.git", null)]
    public async Task The_longest_matching_prefix_wins(string url, string? expected)
    {
        var store = Store(null, ("https://host/", "A"), ("https://host/acme/deep", "C"), ("https://host/acme", "B"));
        Assert.Equal(expected is null ? null : new Credential("u", $"password-of-{expected}"), await FindAsync(store, url));
    }

    [Fact]
    public async Task The_configuration_goes_before_netrc()
    {
        var store = Store(
            await WriteNetrcAsync("machine host login n password from-netrc default login d password from-default"),
            ("https://host/acme", "A"));
        Assert.Equal(new Credential("u", "password-of-A"), await FindAsync(store, "https://host/acme/x"));
        Assert.Equal(new Credential("n", "from-netrc"), await FindAsync(store, "https://host/other"));
        Assert.Equal(new Credential("d", "from-default"), await FindAsync(store, "https://elsewhere/"));
    }

    [Fact]
    public async Task What_is_found_is_redacted()
    {
        var store = Store(await WriteNetrcAsync("machine netrc.example login n password from-netrc"), ("https://host", "A"));
        await FindAsync(store, "https://host/");
        await FindAsync(store, "https://netrc.example/");
        Assert.Equal("*** *** Basic ***", _secrets.Redact("password-of-A from-netrc Basic dTpwYXNzd29yZC1vZi1B"));
    }

    [Fact]
    public async Task A_netrc_need_not_exist() => Assert.Null(await FindAsync(Store(Path.Combine(_directory, "none")), "https://host/"));

    [Fact]
    public async Task A_netrc_that_cannot_be_read_is_named()
    {
        var exception = await Assert.ThrowsAsync<SecretException>(() => FindAsync(Store(_directory), "https://host/"));
        Assert.Equal($"{_directory}: cannot be read: permission denied, or a directory", exception.Message);
    }

    [Fact]
    public async Task A_malformed_netrc_is_named_with_its_line_and_not_quoted()
    {
        var path = await WriteNetrcAsync("machine a login b\npassword c hunter2");
        var exception = await Assert.ThrowsAsync<SecretException>(() => FindAsync(Store(path), "https://host/"));
        Assert.Equal($"{path}:2: a word that is not machine, default, login, password, account or macdef", exception.Message);
    }

    [Fact]
    public async Task A_secret_that_is_missing_is_an_error_and_not_nobody() =>
        await Assert.ThrowsAsync<SecretException>(() => FindAsync(Store(null, ("https://host", "MISSING")), "https://host/"));

    [Fact]
    public async Task Where_it_was_found_is_said_with_it()
    {
        var path = await WriteNetrcAsync("machine netrc.example login n password from-netrc");
        var store = Store(path, ("https://host/acme", "A"));

        Assert.Equal("the 'credentials' entry for https://host:443/acme", (await FindAsync(store, "https://host/acme/x"))!.Origin);
        Assert.Equal(path, (await FindAsync(store, "https://netrc.example/"))!.Origin);
    }

    private CredentialStore Store(string? netrc, params (string Match, string Variable)[] rules) => new(
        [.. rules.Select(rule => new CredentialRule(
            UrlPrefix.Parse(rule.Match), new UserPassword("u", SecretReference.Parse($"env:{rule.Variable}", "/"))))],
        netrc,
        _secrets);

    private static Task<Credential?> FindAsync(CredentialStore store, string url) =>
        store.FindAsync(new Uri(url), refused: null, CancellationToken.None).AsTask();

    private async Task<string> WriteNetrcAsync(string text)
    {
        var path = Path.Combine(_directory, "netrc");
        await File.WriteAllTextAsync(path, text);
        return path;
    }
}
