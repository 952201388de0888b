using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Security.KeyVault.Secrets;
using Mirror.Streams;

namespace Mirror.Mirroring;

/// <summary>How patiently vaults are asked.</summary>
internal static class VaultAccess
{
    /// <summary>A vault answers within a second or not at all.</summary>
    private static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(15);

    // As the SDK has it: after 0.8, 1.6 and 3.2 s, or when the vault says, as long as that is soon.
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
