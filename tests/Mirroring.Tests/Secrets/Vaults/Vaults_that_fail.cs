using System.Net.Sockets;
using System.Text;
using Azure.Identity;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Vaults;

public sealed class Vaults_that_fail
{
    private const string Right = "it needs the role 'Key Vault Secrets User' on the vault "
        + "(Microsoft.KeyVault/vaults/secrets/getSecret/action), or 'get' in the vault's access policy";

    [Theory]
    [InlineData(401, "Unauthorized", null,
        "the vault does not take this machine's identity (HTTP 401): it is perhaps of another tenant", 1)]
    [InlineData(403, "Forbidden", "ForbiddenByRbac", $"this machine's identity may not read it: {Right} (HTTP 403)", 1)]
    [InlineData(403, "Forbidden", "ForbiddenByPolicy", $"this machine's identity may not read it: {Right} (HTTP 403)", 1)]
    [InlineData(403, "Forbidden", "ForbiddenByFirewall", "the vault's firewall does not let this machine in (HTTP 403)", 1)]
    [InlineData(403, "Forbidden", "SecretDisabled", "the secret is disabled (HTTP 403)", 1)]
    [InlineData(404, "SecretNotFound", null, "there is no such secret, or not in this version (HTTP 404)", 1)]
    [InlineData(400, "BadParameter", null, "the vault answers HTTP 400, which is no secret", 1)]
    [InlineData(429, "Throttled", null, "the vault is asked too often (HTTP 429), try again later", 4)]
    [InlineData(503, "Unavailable", null, "the vault has a fault of its own (HTTP 503)", 4)]
    public async Task Are_told_apart_by_their_answers(int status, string code, string? inner, string expected, int requests)
    {
        await using var vault = new VaultFixture();
        vault.Server.Instead = FakeAnswer.Raw(FakeVault.Error(status, code, inner));

        Assert.Equal(expected, await vault.FailureAsync("git"));
        Assert.Equal(requests, vault.Server.Reads.Count);
        // And nobody asks again at once.
        Assert.Equal(expected, await vault.FailureAsync("git"));
        Assert.Equal(requests, vault.Server.Reads.Count);
    }

    [Fact]
    public async Task Are_not_waited_for_when_they_ask_for_long()
    {
        await using var vault = new VaultFixture();
        vault.Server.Instead = FakeAnswer.Raw(FakeVault.Error(429, "Throttled", inner: null, "Retry-After: 3600"));

        Assert.StartsWith("the vault is asked too often", await vault.FailureAsync("git"), StringComparison.Ordinal);
        Assert.Single(vault.Server.Reads);
    }

    [Fact]
    public async Task Are_not_followed_to_other_places()
    {
        await using var elsewhere = new FakeServer(FakeAnswer.Status(200));
        await using var vault = new VaultFixture();
        vault.Server.Instead = FakeAnswer.Status(302, $"Location: {elsewhere.Url}/secrets/git");

        Assert.Equal("the vault answers HTTP 302, which is no secret", await vault.FailureAsync("git"));
        Assert.Empty(elsewhere.Requests);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("<!DOCTYPE html>")]
    [InlineData("""{"value":5}""")]
    [InlineData("""{"value":null}""")]
    [InlineData("""{"id":"https://v.example/secrets/git"}""")]
    [InlineData("""{"value":"hunter2","id":"nowhere"}""")]
    [InlineData("""{"value":"hunter2","attributes":7}""")]
    [InlineData("""{"value":"hunter2","attributes":{"created":"never"}}""")]
    [InlineData("""{"value":"hunter2","attributes":{"created":99999999999999999}}""")]
    public async Task Give_no_secret_out_of_what_is_none(string body)
    {
        await using var vault = new VaultFixture();
        vault.Server.Instead = FakeAnswer.Ok("application/json", Encoding.UTF8.GetBytes(body));

        Assert.DoesNotContain("hunter2", await vault.FailureAsync("git"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WWW-Authenticate: Bearer")]
    [InlineData("WWW-Authenticate: Bearer x")]
    [InlineData("WWW-Authenticate: Bearer authorization=\"nowhere\", resource=\"https://vault.azure.net\"")]
    [InlineData("WWW-Authenticate: Bearer authorization=\"https://login.example/\", resource=\"nowhere\"")]
    [InlineData("WWW-Authenticate: Basic realm=\"x\"")]
    public async Task May_not_know_how_to_ask_for_a_token(string challenge)
    {
        await using var vault = new VaultFixture(server: new FakeVault { Challenge = challenge });

        Assert.NotEmpty(await vault.FailureAsync("git"));
        Assert.Empty(vault.Server.Reads);
    }

    [Fact]
    public async Task Get_no_token_that_is_for_others()
    {
        await using var vault = new VaultFixture { BelievesAzureAlone = true };
        vault.Server.Secrets["git"] = "hunter2";

        Assert.Equal("what answers is not a key vault, or its answer not a secret", await vault.FailureAsync("git"));
        Assert.Empty(vault.Server.Reads);
    }

    [Theory]
    [InlineData(SecretReader.MaxSize + 1, "larger than 65536 bytes")]
    [InlineData(VaultAnswers.MaxSize, "the answer is too large for a secret")]
    public async Task Give_no_secret_that_is_too_large(int size, string expected)
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = new string('x', size);

        Assert.Equal(expected, await vault.FailureAsync("git"));
        Assert.Single(vault.Server.Reads);
    }

    [Fact]
    public async Task Give_the_largest_secret()
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = new string('\u0001', SecretReader.MaxSize);

        Assert.Equal(SecretReader.MaxSize, (await vault.ReadAsync("git")).Length);
    }

    [Fact]
    public async Task Are_not_waited_for_without_end()
    {
        await using var vault = new VaultFixture();
        vault.Server.Instead = FakeAnswer.Stall("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"u8.ToArray());

        var failure = vault.FailureAsync("git");
        await vault.Time.WaitedForAsync();
        vault.Time.Advance(VaultSecrets.Patience);

        Assert.Equal("no answer in time, from the vault or for this machine's identity", await failure);
    }

    [Fact]
    public async Task Are_tried_again_when_they_hang_up()
    {
        await using var vault = new VaultFixture();
        vault.Server.Instead = FakeAnswer.HangUp();

        Assert.StartsWith("the vault cannot be reached: ", await vault.FailureAsync("git"), StringComparison.Ordinal);
        Assert.True(vault.Server.Reads.Count >= 4, "the HTTP client itself tries some more");
    }

    [Theory]
    // Nobody has these names, RFC 6761; nothing listens there.
    [InlineData("https://none.invalid")]
    [InlineData("https://127.0.0.1:1")]
    public async Task Are_perhaps_not_there(string url)
    {
        await using var vault = new VaultFixture();
        var reference = SecretReference.Parse($"keyvault:{url}/secrets/git", "/");

        var failure = await Assert.ThrowsAsync<SecretException>(
            () => vault.Secrets.ReadAsync(reference, LoginAge.Any, CancellationToken.None).AsTask());

        Assert.StartsWith($"{reference}: the vault cannot be reached: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Are_not_believed_with_a_certificate_of_their_own()
    {
        await using var server = new FakeVault();
        await using var vault = new VaultFixture();
        var reference = SecretReference.Parse($"keyvault:{server.Url}/secrets/git", "/");

        var failure = await Assert.ThrowsAsync<SecretException>(
            () => vault.Secrets.ReadAsync(reference, LoginAge.Any, CancellationToken.None).AsTask());

        Assert.StartsWith($"{reference}: the vault cannot be reached: ", failure.Message, StringComparison.Ordinal);
        Assert.Empty(server.Strangers);
    }

    public static TheoryData<Exception, string> Identities() => new()
    {
        { new CredentialUnavailableException("EnvironmentCredential…\n- ManagedIdentityCredential…"),
            "this machine has no identity at Azure: give it a managed one, set the AZURE_ variables, or run 'az login'" },
        { new AuthenticationFailedException("ClientSecretCredential authentication failed:\nA configuration issue. AADSTS7000215: "
                + "Invalid client secret provided. Trace ID: 1"),
            "this machine's identity is refused: AADSTS7000215: Invalid client secret provided" },
        { new AuthenticationFailedException("the certificate\ncannot be read."),
            "this machine's identity is refused: the certificate cannot be read" },
        { new AuthenticationFailedException("failed", new HttpRequestException("x", new SocketException())),
            "this machine's identity cannot be proved: its authority cannot be reached" },
    };

    [Theory]
    [MemberData(nameof(Identities), DisableDiscoveryEnumeration = true)]
    public async Task Are_not_to_blame_for_an_identity_that_is_missing(Exception failure, string expected)
    {
        await using var vault = new VaultFixture(new StaticTokenCredential(failure));

        Assert.Equal(expected, await vault.FailureAsync("git"));
        Assert.Empty(vault.Server.Reads);
        Assert.Single(vault.Server.Strangers);
    }
}
