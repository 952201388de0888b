using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>Reads the keys that a configuration names. An error in a key is wrong usage. All such errors are reported at once, each with
/// its place in the file.</summary>
internal sealed class KeyRing(MirrorConfiguration configuration, SecretReader secrets)
{
    private readonly List<(ConfigurationError Error, Exception Cause)> _mistakes = [];

    public async Task<ProducerKeys> ProducerAsync(CancellationToken cancellation)
    {
        var recipients = await RecipientsAsync(cancellation);
        var signing = await SigningAsync(cancellation);
        ThrowIfMistaken();
        return new ProducerKeys(
            recipients.Count > 0 ? [.. recipients.Distinct()] : throw Missing(ConfigurationNeeds.Recipients), signing);
    }

    public async Task<ConsumerKeys> ConsumerAsync(CancellationToken cancellation)
    {
        var identities = await IdentitiesAsync(configuration.Age.Identities, cancellation);
        ThrowIfMistaken();
        return new ConsumerKeys(identities.Count > 0 ? identities : throw Missing(ConfigurationNeeds.Identities), Trusted());
    }

    /// <summary>The errors of the needed keys that can be read without a network.</summary>
    public async Task<IEnumerable<ConfigurationError>> FindMistakesAsync(ConfigurationNeeds needs, CancellationToken cancellation)
    {
        if (needs.HasFlag(ConfigurationNeeds.Recipients))
        {
            await RecipientsAsync(cancellation);
        }
        if (needs.HasFlag(ConfigurationNeeds.SigningKey) && configuration.Signing.Key is { } key && IsHere(key))
        {
            await SigningAsync(key, cancellation);
        }
        if (needs.HasFlag(ConfigurationNeeds.Identities))
        {
            await IdentitiesAsync(configuration.Age.Identities.Where(IsHere), cancellation);
        }
        return _mistakes.Select(mistake => mistake.Error);
    }

    private static bool IsHere(Placed<SecretReference> reference) => reference.Value.Kind != SecretKind.KeyVault;

    private async Task<SigningKey?> SigningAsync(CancellationToken cancellation) =>
        configuration.Signing.Key is { } reference ? await SigningAsync(reference, cancellation)
        : configuration.Signing.AllowUnsigned ? null
        : throw Missing(ConfigurationNeeds.SigningKey);

    private IReadOnlyList<VerifyingKey>? Trusted() =>
        configuration.Signing.Trusted.Count > 0 ? configuration.Signing.Trusted
        : configuration.Signing.AllowUnsigned ? null
        : throw Missing(ConfigurationNeeds.Trusted);

    private Task<SigningKey?> SigningAsync(Placed<SecretReference> reference, CancellationToken cancellation) =>
        ReadAsync("signing.key", reference, SigningKey.Parse, cancellation);

    private async Task<IReadOnlyList<AgeIdentity>> IdentitiesAsync(
        IEnumerable<Placed<SecretReference>> references, CancellationToken cancellation)
    {
        var identities = new List<AgeIdentity>();
        foreach (var reference in references)
        {
            identities.AddRange(await ReadAsync("age.identities", reference, AgeIdentity.ParseFile, cancellation) ?? []);
        }
        return identities;
    }

    private async Task<IReadOnlyList<AgeRecipient>> RecipientsAsync(CancellationToken cancellation)
    {
        var recipients = new List<AgeRecipient>();
        foreach (var recipient in configuration.Age.Recipients)
        {
            recipients.AddRange(await RecipientsAsync(recipient, cancellation));
        }
        return recipients;
    }

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
            Add(recipient, "age.recipients", failure);
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
        // A vault that is not available is not an error of the configuration, but an outcome of the run.
        catch (Exception failure) when (failure is AgeKeyException or SecretException { IsTransient: false })
        {
            Add(reference, name, failure);
            return null;
        }
    }

    private void Add<T>(Placed<T> key, string name, Exception failure) =>
        _mistakes.Add((key.Error($"{name}: {Printable.Line(failure.Message)}"), failure));

    private void ThrowIfMistaken()
    {
        if (_mistakes.Count > 0)
        {
            var all = new ConfigurationException(_mistakes.Select(mistake => mistake.Error), _mistakes[0].Cause);
            throw new UsageException(all.Message, all);
        }
    }

    private UsageException Missing(ConfigurationNeeds need) => new($"{configuration.File}: {ConfigurationNeed.Of(need).MissingText}");
}
