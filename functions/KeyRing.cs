using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>The keys that a configuration names, read from where it says they are. What is wrong with them is wrong usage, and is said of
/// all of them at once, each with its place.</summary>
internal sealed class KeyRing(MirrorConfiguration configuration, SecretReader secrets)
{
    private readonly List<(string Message, Exception Cause)> _mistakes = [];

    public async Task<ProducerKeys> ProducerAsync(CancellationToken cancellation)
    {
        var recipients = new List<AgeRecipient>();
        foreach (var recipient in configuration.Age.Recipients)
        {
            recipients.AddRange(await RecipientsAsync(recipient, cancellation));
        }
        var signing = await SigningAsync(cancellation);
        ThrowIfMistaken();
        return new ProducerKeys(
            recipients.Count > 0 ? [.. recipients.Distinct()] : throw Missing(ConfigurationNeeds.Recipients), signing);
    }

    public async Task<ConsumerKeys> ConsumerAsync(CancellationToken cancellation)
    {
        var identities = new List<AgeIdentity>();
        foreach (var reference in configuration.Age.Identities)
        {
            identities.AddRange(await ReadAsync("age.identities", reference, AgeIdentity.ParseFile, cancellation) ?? []);
        }
        ThrowIfMistaken();
        return new ConsumerKeys(identities.Count > 0 ? identities : throw Missing(ConfigurationNeeds.Identities), Trusted());
    }

    private async Task<SigningKey?> SigningAsync(CancellationToken cancellation) =>
        configuration.Signing.Key is { } reference ? await ReadAsync("signing.key", reference, SigningKey.Parse, cancellation)
        : configuration.Signing.AllowUnsigned ? null
        : throw Missing(ConfigurationNeeds.SigningKey);

    private IReadOnlyList<VerifyingKey>? Trusted() =>
        configuration.Signing.Trusted.Count > 0 ? configuration.Signing.Trusted
        : configuration.Signing.AllowUnsigned ? null
        : throw Missing(ConfigurationNeeds.Trusted);

    private async Task<IReadOnlyList<AgeRecipient>> RecipientsAsync(Placed<ConfiguredRecipient> recipient, CancellationToken cancellation)
    {
        if (recipient.Value.Key is { } key)
        {
            return [key];
        }
        try
        {
            return AgeRecipient.ParseFile(await File.ReadAllTextAsync(recipient.Value.File!, cancellation));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or AgeKeyException)
        {
            _mistakes.Add(($"{recipient.Place}: age.recipients: {failure.Message}", failure));
            return [];
        }
    }

    private async Task<T?> ReadAsync<T>(string name, Placed<SecretReference> reference, Func<string, T> parse,
        CancellationToken cancellation)
        where T : class
    {
        try
        {
            return parse(await secrets.ReadAsync(reference.Value, LoginAge.Any, cancellation));
        }
        // A vault that is out of order says nothing of the configuration: that is what becomes of the run.
        catch (Exception failure) when (failure is AgeKeyException or SecretException { IsTransient: false })
        {
            _mistakes.Add(($"{reference.Place}: {name}: {failure.Message}", failure));
            return null;
        }
    }

    private void ThrowIfMistaken()
    {
        if (_mistakes.Count > 0)
        {
            throw new UsageException(string.Join('\n', _mistakes.Select(mistake => Printable.Line(mistake.Message))), _mistakes[0].Cause)
            { HasLines = true };
        }
    }

    private UsageException Missing(ConfigurationNeeds need) => new($"{configuration.File}: {ConfigurationNeed.Of(need).MissingText}");
}
