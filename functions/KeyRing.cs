using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>The keys that a configuration names, read from where it says they are. What is wrong with them is wrong usage.</summary>
internal sealed class KeyRing(MirrorConfiguration configuration, SecretReader secrets)
{
    private const string HowToBegin = "mirror keygen makes keys, and prints what to write";

    public async Task<ProducerKeys> ProducerAsync(CancellationToken cancellation)
    {
        var recipients = new List<AgeRecipient>();
        foreach (var recipient in configuration.Age.Recipients)
        {
            recipients.AddRange(await RecipientsAsync(recipient, cancellation));
        }
        return new ProducerKeys(
            recipients.Count > 0 ? [.. recipients.Distinct()] : throw Missing("age.recipients", "for whom to encrypt"),
            await SigningAsync(cancellation));
    }

    public async Task<ConsumerKeys> ConsumerAsync(CancellationToken cancellation)
    {
        var identities = new List<AgeIdentity>();
        foreach (var reference in configuration.Age.Identities)
        {
            identities.AddRange(await ReadAsync("age.identities", reference, AgeIdentity.ParseFile, cancellation));
        }
        return new ConsumerKeys(identities.Count > 0 ? identities : throw Missing("age.identities", "who decrypts"), Trusted());
    }

    private async Task<SigningKey?> SigningAsync(CancellationToken cancellation) =>
        configuration.Signing.Key is { } reference ? await ReadAsync("signing.key", reference, SigningKey.Parse, cancellation)
        : configuration.Signing.AllowUnsigned ? null
        : throw Missing("signing.key", "what to sign heads with, or signing: { unsigned: allow }");

    private VerifyingKey[]? Trusted() =>
        configuration.Signing.Trusted.Count > 0 ? [.. configuration.Signing.Trusted.Select(
            line => Parsed("signing.trusted", VerifyingKey.Parse, line))]
        : configuration.Signing.AllowUnsigned ? null
        : throw Missing("signing.trusted", "whose heads to believe, or signing: { unsigned: allow }");

    private async Task<IReadOnlyList<AgeRecipient>> RecipientsAsync(ConfiguredRecipient recipient, CancellationToken cancellation)
    {
        if (recipient.Key is { } key)
        {
            return [Parsed("age.recipients", AgeRecipient.Parse, key)];
        }
        try
        {
            return Parsed("age.recipients", AgeRecipient.ParseFile, await File.ReadAllTextAsync(recipient.File!, cancellation));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{configuration.File}: age.recipients: {failure.Message}", failure);
        }
    }

    private async Task<T> ReadAsync<T>(string name, SecretReference reference, Func<string, T> parse, CancellationToken cancellation)
    {
        try
        {
            return Parsed(name, parse, await secrets.ReadAsync(reference, LoginAge.Any, cancellation));
        }
        // A vault that is out of order says nothing of the configuration: that is what becomes of the run.
        catch (SecretException failure) when (!failure.IsTransient)
        {
            throw new UsageException($"{configuration.File}: {name}: {failure.Message}", failure);
        }
    }

    private T Parsed<T>(string name, Func<string, T> parse, string text)
    {
        try
        {
            return parse(text);
        }
        catch (AgeKeyException wrong)
        {
            throw new UsageException($"{configuration.File}: {name}: {wrong.Message}", wrong);
        }
    }

    private UsageException Missing(string name, string what) => new($"{configuration.File}: '{name}' is missing: {what}; {HowToBegin}");
}
