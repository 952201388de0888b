using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Vaults;

public sealed class Reading_from_a_vault
{
    [Theory]
    [InlineData("git", "the newest")]
    [InlineData("git/0a1b", "an older one")]
    [InlineData("git/", "the newest")]
    [InlineData("git/0a1b/", "an older one")]
    [InlineData("from-a-file", "line one\nline two")]
    public async Task Gives_the_newest_version_or_the_one_that_is_named(string id, string expected)
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = "the newest";
        vault.Server.Secrets["git/0a1b"] = "an older one";
        vault.Server.Secrets["from-a-file"] = "line one\nline two\n";

        Assert.Equal(expected, await vault.ReadAsync(id));
        Assert.Equal("Bearer token-of-this-machine", Assert.Single(vault.Server.Reads).Headers["Authorization"]);
    }

    [Fact]
    public async Task Asks_once_in_a_while()
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = "first-value";
        await vault.ReadAsync("git");
        vault.Server.Secrets["git"] = "other-value";

        vault.Time.Advance(CachedSecret.Kept - TimeSpan.FromSeconds(1));
        Assert.Equal("first-value", await vault.ReadAsync("git"));
        Assert.Single(vault.Server.Reads);

        vault.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("other-value", await vault.ReadAsync("git"));
        Assert.Equal("other-value", await vault.ReadAsync("git"));
        Assert.Equal(2, vault.Server.Reads.Count);
        Assert.Equal("*** and ***", vault.Secrets.Redact("first-value and other-value"));
    }

    [Fact]
    public async Task Asks_again_for_who_was_refused()
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = "first-value";
        await vault.ReadAsync("git");
        vault.Server.Secrets["git"] = "other-value";

        Assert.Equal("other-value", await vault.ReadAsync("git", LoginAge.New));
        Assert.Equal("other-value", await vault.ReadAsync("git"));
        Assert.Equal(2, vault.Server.Reads.Count);
    }

    [Theory]
    [InlineData(LoginAge.Any, 1)]
    [InlineData(LoginAge.New, 2)]
    public async Task Asks_once_for_many_at_once(LoginAge age, int expected)
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["git"] = "value-of-git";
        if (age == LoginAge.New)
        {
            await vault.ReadAsync("git");
        }
        using var gate = new SemaphoreSlim(0);
        vault.Server.Instead = async (_, stream, cancellation) =>
        {
            await gate.WaitAsync(cancellation);
            await stream.WriteAsync(FakeAnswer.Bytes(200, "application/json", """{"value":"value-of-git"}"""u8), cancellation);
        };

        var readers = Enumerable.Range(0, 50).Select(_ => vault.ReadAsync("git", age)).ToList();
        gate.Release(50);

        Assert.All(await Task.WhenAll(readers), value => Assert.Equal("value-of-git", value));
        Assert.Equal(expected, vault.Server.Reads.Count);
    }

    [Fact]
    public async Task Goes_on_for_the_others_when_the_one_who_asked_is_cancelled()
    {
        await using var vault = new VaultFixture();
        using var cancelled = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        vault.Server.Instead = async (_, _, cancellation) =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.Infinite, cancellation);
        };
        var first = vault.ReadAsync("git", cancellation: cancelled.Token);
        await asked.Task;
        var second = vault.ReadAsync("git");
        vault.Server.Secrets["git"] = "value-of-git";
        vault.Server.Instead = null;
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Equal("value-of-git", await second);
    }

    [Fact]
    public async Task Does_not_mix_up_secrets()
    {
        await using var vault = new VaultFixture();
        vault.Server.Secrets["a"] = "value-of-a";
        vault.Server.Secrets["b"] = "value-of-b";

        Assert.Equal(["value-of-a", "value-of-b"], await Task.WhenAll(vault.ReadAsync("a"), vault.ReadAsync("b")));
        Assert.Equal(["value-of-a", "value-of-b"], await Task.WhenAll(vault.ReadAsync("a"), vault.ReadAsync("b")));
        Assert.Equal(2, vault.Server.Reads.Count);
    }

    [Fact]
    public async Task Begins_with_the_first_reference_to_one()
    {
        var reader = new SecretReader(
            _ => "value", new Lazy<VaultSecrets>(() => throw new InvalidOperationException("nobody asked for a vault")));

        Assert.Equal("value", await reader.ReadAsync(SecretReference.Parse("env:TOKEN", "/"), LoginAge.New, CancellationToken.None));
    }
}
