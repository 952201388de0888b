using System.Diagnostics.CodeAnalysis;
using Mirror.Git;
using Mirror.Mirroring.Tests.Sync;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Vaults;

/// <summary>Rotation from the vault to a Git server that is real, while one process goes on.</summary>
[SuppressMessage("Design", "CA1001", Justification = "the test runner disposes")]
public sealed class Passwords_that_change : IAsyncLifetime
{
    private const string Changed = "changed:word";

    private readonly VaultFixture _vault = new();
    private ApacheServer _apache = null!;
    private SyncFixture _pair = null!;
    private RemoteSettings _settings = null!;

    public async Task InitializeAsync()
    {
        (_apache, _pair) = (await ApacheServer.StartAsync(), await SyncFixture.CreateAsync());
        _vault.Server.Secrets["git"] = ApacheServer.Password;
        var rule = new CredentialRule(
            UrlPrefix.Parse($"http://127.0.0.1:{_apache.Port}"), new UserPassword(ApacheServer.Username, _vault.Reference("git")));
        _settings = new RemoteSettings
        {
            Http = new HttpAccess(authorities: null),
            FindCredential = new CredentialStore([rule], netrcPath: null, _vault.Secrets).FindAsync,
        };
    }

    public async Task DisposeAsync()
    {
        _settings.Http.Dispose();
        await _apache.DisposeAsync();
        await _vault.DisposeAsync();
    }

    [Fact]
    public async Task Are_read_anew_and_both_are_redacted()
    {
        await AssertSyncedAsync();
        await AssertSyncedAsync();
        Assert.Single(_vault.Server.Reads);

        Change();
        await AssertSyncedAsync();
        Assert.Equal(2, _vault.Server.Reads.Count);
        Assert.Single(await RefusalsAsync());
        Assert.Equal("*** *** ***", _vault.Secrets.Redact($"{ApacheServer.Password} {Changed} {ApacheServer.Authorization.Parameter}"));

        await AssertSyncedAsync();
        Assert.Equal(2, _vault.Server.Reads.Count);
        Assert.Single(await RefusalsAsync());
    }

    [Fact]
    public async Task Are_refused_as_long_as_the_vault_has_the_old_one()
    {
        await AssertSyncedAsync();
        _apache.ChangePassword(Changed);

        Assert.Equal("unauthorized", (await SyncAsync()).Error?.Reason.Word);
        Assert.Equal(2, _vault.Server.Reads.Count);
        Assert.Single(await RefusalsAsync());

        _vault.Server.Secrets["git"] = Changed;
        await AssertSyncedAsync();
    }

    [Fact]
    public async Task Leave_the_refusal_while_the_vault_is_down()
    {
        await AssertSyncedAsync();
        Change();
        _vault.Server.Instead = FakeAnswer.HangUp();

        Assert.Equal("unauthorized", (await SyncAsync()).Error?.Reason.Word);

        _vault.Server.Instead = null;
        await AssertSyncedAsync();
    }

    [Fact]
    public async Task Say_both_what_was_refused_and_why_there_is_no_other()
    {
        await AssertSyncedAsync();
        _apache.ChangePassword(Changed);
        _vault.Server.Secrets.Clear();

        var error = (await SyncAsync()).Error;

        Assert.Equal(
            ("credentials", $"127.0.0.1 refuses the password, and a new one cannot be read: {_vault.Reference("git")}: "
                + "there is no such secret, or not in this version (HTTP 404)"),
            (error?.Reason.Word, error?.Message));
    }

    private void Change()
    {
        _apache.ChangePassword(Changed);
        _vault.Server.Secrets["git"] = Changed;
    }

    private async Task<MirrorOutcome> SyncAsync()
    {
        await _pair.Source.CommitAsync("main", "a.txt", $"{Guid.NewGuid()}\n");
        return await _pair.SyncAsync(_pair.Request() with { Source = Remotes.Url(_apache.Url(_pair.Source, Route.Auth)) }, _settings);
    }

    private async Task AssertSyncedAsync()
    {
        Assert.Null((await SyncAsync()).Error);
        await _pair.AssertEqualAsync();
    }

    private async Task<IEnumerable<ServedRequest>> RefusalsAsync() =>
        (await _apache.RequestsAsync(_pair.Source)).Where(request => request.Status == 401);
}
