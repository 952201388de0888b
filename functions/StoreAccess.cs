using System.Collections.Concurrent;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>Opens the stores that a configuration names, as who it says; else as
/// the variables say that the vendors' own tools read.</summary>
internal sealed class StoreAccess(IReadOnlyList<CredentialRule> rules, SecretReader secrets, TimeProvider time)
{
    // Whoever waits for a lease must do so by one store: it remembers since when the holder is silent.
    private readonly ConcurrentDictionary<StoreLocation, ObjectStore> _stores = new();

    public ObjectStore Open(StoreLocation location) => _stores.GetOrAdd(location, OpenNew);

    private ObjectStore OpenNew(StoreLocation location)
    {
        var login = RuleFor(location) ?? FromVariables(location.Kind);
        return ObjectStore.Open(location, login is null ? LoginValues.None : ValuesOf(login), time);
    }

    private StoreLogin? RuleFor(StoreLocation location) =>
        location.Kind.Logins.Count == 0 ? null : CredentialRule.Find(rules, new Uri(location.ToString()))?.Login as StoreLogin;

    private static StoreLogin? FromVariables(StoreKind kind)
    {
        var key = kind.Logins.SelectMany(way => way.Keys).FirstOrDefault(key => key.Variable is { } variable && IsSet(variable));
        return key is null ? null : new StoreLogin(
            new Dictionary<LoginKey, SecretReference> { [key] = SecretReference.Parse($"env:{key.Variable}", "/") },
            new Dictionary<LoginKey, string>());
    }

    private LoginValues ValuesOf(StoreLogin login) => new()
    {
        Secrets = login.Secrets.ToDictionary(pair => pair.Key.Name, pair => Source(pair.Key, pair.Value)),
        Words = login.Words.ToDictionary(pair => pair.Key.Name, pair => pair.Value),
    };

    private LoginSource<string> Source(LoginKey key, SecretReference reference) => async (age, cancellation) =>
    {
        try
        {
            var text = await secrets.ReadAsync(reference, age, cancellation);
            Register(key.SecretParts(text), secrets);
            return text;
        }
        catch (SecretException missing)
        {
            throw new LoginException(missing.Message, missing) { IsTransient = missing.IsTransient };
        }
    };

    /// <summary>Of a signature, what makes it good: it may be shown apart from what is around it.</summary>
    internal static void RegisterParts(string text, SecretReader secrets) => Register(AzureLogin.SecretPartsOf(text), secrets);

    private static void Register(IEnumerable<string> values, SecretReader secrets)
    {
        foreach (var value in values)
        {
            secrets.Register(value);
        }
    }

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
