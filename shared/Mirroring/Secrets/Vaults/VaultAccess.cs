using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Mirror.Streams;

namespace Mirror.Mirroring;

/// <summary>The timeouts and retries of requests to vaults.</summary>
internal static class VaultAccess
{
    /// <summary>A working vault answers within a second.</summary>
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(15);

    // The SDK's delays: 0.8, 1.6 and 3.2 s, or as long as the vault asks, unless that is too long.
    private const int MaxRetries = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.8);

    public static SecretClientOptions Options() =>
        Options(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }, FirstDelay);

    internal static SecretClientOptions Options(SocketsHttpHandler handler, TimeSpan firstDelay) => new()
    {
        Transport = new HttpClientTransport(new VaultAnswers(new ProxyFailure(handler))),
        Retry = { NetworkTimeout = TryLimit },
        RetryPolicy = new VaultRetry(MaxRetries, DelayStrategy.CreateExponentialDelayStrategy(firstDelay, maxDelay: VaultSecrets.Patience)),
    };
}
