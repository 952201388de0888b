using System.Collections.Concurrent;
using System.Text;
using Azure.Core;
using Azure.Security.KeyVault.Secrets;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Secrets of Azure Key Vaults, each cached for a while. Safe for many threads.</summary>
/// <remarks>Creating it loads Azure's libraries, so it is created when the first reference is read.
/// It lives as long as the process.</remarks>
internal sealed class VaultSecrets(TokenCredential identity, SecretClientOptions options, TimeProvider time)
{
    /// <summary>For all attempts together, including the identity's token. Finding the machine's identity takes some seconds.</summary>
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<Uri, SecretClient> _vaults = [];
    private readonly ConcurrentDictionary<string, CachedSecret> _secrets = [];

    public ValueTask<string> ReadAsync(SecretReference reference, LoginAge age, CancellationToken cancellation) =>
        _secrets.GetOrAdd(reference.Target, _ => new CachedSecret(cancellation => RequestAsync(reference, cancellation), time))
            .ReadAsync(age, cancellation);

    private async Task<string> RequestAsync(SecretReference reference, CancellationToken cancellation)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellation);
        try
        {
            var url = new Uri(reference.Target);
            var vault = _vaults.GetOrAdd(new Uri(url.GetLeftPart(UriPartial.Authority)),
                address => new SecretClient(address, identity, options));
            var words = url.AbsolutePath.Trim('/').Split('/');
            var secret = await vault.GetSecretAsync(words[1], words.ElementAtOrDefault(2), either.Token);
            return Checked(reference, secret.Value.Value);
        }
        catch (Exception failure) when (failure is not SecretException)
        {
            // The SDK may throw any exception for an invalid answer. In each case there is no secret.
            cancellation.ThrowIfCancellationRequested();
            throw VaultFailure.Of(reference, patience.IsCancellationRequested ? new TimeoutException(null, failure) : failure);
        }
    }

    private static string Checked(SecretReference reference, string? value) =>
        value is null ? throw new SecretException($"{reference}: the vault's answer has no value")
        : Encoding.UTF8.GetByteCount(value) > SecretReader.MaxSize ? throw new SecretException(
            $"{reference}: larger than {SecretReader.MaxSize} bytes")
        : value;
}
