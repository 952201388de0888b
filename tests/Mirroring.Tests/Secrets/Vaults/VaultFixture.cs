using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Azure.Core;
using Mirror.Storage;
using Mirror.Tests.Servers;

namespace Mirror.Mirroring.Tests.Vaults;

/// <summary>A vault, a reader that may read it, and a clock that is set by hand.</summary>
internal sealed class VaultFixture : IAsyncDisposable
{
    private readonly SocketsHttpHandler _handler;

    private readonly TokenCredential _identity;

    /// <param name="identity">One that gets its token, unless a test has another.</param>
    public VaultFixture(TokenCredential? identity = null, FakeVault? server = null)
    {
        _identity = identity ?? new StaticTokenCredential();
        Server = server ?? new FakeVault();
        _handler = new SocketsHttpHandler { AllowAutoRedirect = false, SslOptions = Trusting(Server.AuthorityFile) };
        Secrets = new SecretReader(_ => null, new Lazy<VaultSecrets>(() =>
        {
            var options = VaultAccess.Options(_handler, TimeSpan.FromMilliseconds(1));
            options.DisableChallengeResourceVerification = !BelievesAzureAlone;
            return new VaultSecrets(_identity, options, Time);
        }));
    }

    public FakeVault Server { get; }

    /// <summary>As outside of tests: a token is for a vault below the domain that the token is for.</summary>
    public bool BelievesAzureAlone { get; init; }

    public SecretReader Secrets { get; }

    public SetTime Time { get; } = new();

    public SecretReference Reference(string id) => SecretReference.Parse($"keyvault:{Server.Url}/secrets/{id}", "/");

    public Task<string> ReadAsync(string id, LoginAge age = LoginAge.Any, CancellationToken cancellation = default) =>
        Secrets.ReadAsync(Reference(id), age, cancellation).AsTask();

    /// <summary>Why a secret cannot be had: one line that begins with the reference, which is left out here.</summary>
    public async Task<string> FailureAsync(string id, LoginAge age = LoginAge.Any)
    {
        var failure = await Assert.ThrowsAsync<SecretException>(() => ReadAsync(id, age).WaitAsync(Hang.Limit));
        Assert.StartsWith($"{Reference(id)}: ", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(failure.Message, char.IsControl);
        return failure.Message[$"{Reference(id)}: ".Length..];
    }

    private static SslClientAuthenticationOptions Trusting(string authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(authority);
        return new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
    }

    public async ValueTask DisposeAsync()
    {
        _handler.Dispose();
        await Server.DisposeAsync();
    }
}
