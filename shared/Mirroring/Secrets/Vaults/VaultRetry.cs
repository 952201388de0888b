using Azure.Core;
using Azure.Core.Pipeline;
using Mirror.Streams;

namespace Mirror.Mirroring;

/// <summary>The SDK's retries, except those that cannot succeed.</summary>
internal sealed class VaultRetry(int maxRetries, DelayStrategy delays) : RetryPolicy(maxRetries, delays)
{
    /// <summary>If a vault asks for a longer delay, the runs that need the secret fail and report that.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(20);

    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
        !IsFinal(exception) && !(DelayOf(message) > LongestDelay) && await base.ShouldRetryAsync(message, exception);

    /// <summary>Failures that last: a host that does not exist, a certificate that is not trusted, an answer that is too long,
    /// a proxy that refuses.</summary>
    private static bool IsFinal(Exception? exception) => exception?.InnerException is HttpRequestException failure
        && (ProxyFailure.IsFinal(failure) || failure.HttpRequestError is HttpRequestError.NameResolutionError
            or HttpRequestError.SecureConnectionError or HttpRequestError.ConfigurationLimitExceeded);

    private static TimeSpan? DelayOf(HttpMessage message) =>
        message.HasResponse && message.Response.Headers.TryGetValue("Retry-After", out var text) && int.TryParse(text, out var seconds)
            ? TimeSpan.FromSeconds(seconds)
            : null;
}
