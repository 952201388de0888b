using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Vaults;

/// <summary>What becomes of a secret that is kept when the vault cannot be asked any more.</summary>
public sealed class Vaults_that_go_down
{
    private static readonly FakeHandler Down = FakeAnswer.Raw(FakeVault.Error(503, "Unavailable"));

    [Theory]
    [InlineData(LoginAge.Any)]
    [InlineData(LoginAge.New)]
    public async Task Leave_what_was_read_before(LoginAge age)
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = "value-of-git";
        await vault.ReadAsync("git");
        vault.Time.Advance(CachedSecret.Kept);
        vault.Server.Instead = Down;

        Assert.Equal("value-of-git", await vault.ReadAsync("git", age));
        var requests = vault.Server.Reads.Count;
        Assert.Equal("value-of-git", await vault.ReadAsync("git"));
        Assert.Equal(requests, vault.Server.Reads.Count);
    }

    [Fact]
    public async Task Are_asked_again_soon()
    {
        await using var vault = new VaultFixture();
        vault.Server.Instead = Down;
        await vault.FailureAsync("git");
        vault.Server.Instead = null;
        vault.Server.Secrets["git"] = "value-of-git";

        Assert.StartsWith("the vault has a fault", await vault.FailureAsync("git"), StringComparison.Ordinal);
        vault.Time.Advance(CachedSecret.KeptFailure);
        Assert.Equal("value-of-git", await vault.ReadAsync("git"));
    }

    [Fact]
    public async Task Are_asked_again_soon_for_what_was_kept()
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = "value-of-git";
        await vault.ReadAsync("git");
        vault.Time.Advance(CachedSecret.Kept);
        vault.Server.Instead = Down;
        await vault.ReadAsync("git");
        vault.Server.Instead = null;
        vault.Server.Secrets["git"] = "other-value";

        Assert.Equal("value-of-git", await vault.ReadAsync("git"));
        vault.Time.Advance(CachedSecret.KeptFailure);
        Assert.Equal("other-value", await vault.ReadAsync("git"));
    }

    [Theory]
    [InlineData(403, "the secret is disabled (HTTP 403)")]
    [InlineData(404, "there is no such secret, or not in this version (HTTP 404)")]
    public async Task Are_not_those_that_take_a_secret_away(int status, string expected)
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = "value-of-git";
        await vault.ReadAsync("git");
        vault.Time.Advance(CachedSecret.Kept);
        vault.Server.Instead = FakeAnswer.Raw(FakeVault.Error(status, "Code", "SecretDisabled"));

        Assert.Equal(expected, await vault.FailureAsync("git"));
        Assert.Equal(expected, await vault.FailureAsync("git", LoginAge.New));
    }
}
