using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Turns the tree of a file into a <see cref="MirrorConfiguration"/>, section by section.</summary>
internal sealed class ConfigurationReader(ConfigurationContext context, ErrorList errors)
{
    private readonly string _directory = context.Directory;

    public MirrorConfiguration Read(YamlValue root)
    {
        switch (root)
        {
            case YamlMap map:
                return ReadFile(Section.Open(map, errors,
                    "store", "state", "age", "signing", "source_base_url", "destination_base_url",
                    "credentials", "defaults", "mirrors", "accept"));
            case YamlList list:
                // The file of git-partition-sync is only the list.
                return ReadList(list);
            default:
                throw errors.Fatal(root.At, $"a configuration is a mapping, or a list of mirrors, not {root.Kind}");
        }
    }

    private MirrorConfiguration ReadList(YamlList list)
    {
        var bases = WithEnvironment(new MirrorConfiguration
        {
            File = context.Name,
            SourceBaseUrl = SourceBase(null),
            DestinationBaseUrl = DestinationBase(null)
        });
        CheckApart(Position.None, bases);
        CheckNeeds(list.At, top: null, bases);
        return bases with { Mirrors = new MirrorReader(bases, _directory, errors).ReadAll(list.Items) };
    }

    private MirrorConfiguration ReadFile(Section top)
    {
        var configuration = WithEnvironment(new MirrorConfiguration
        {
            File = context.Name,
            Store = ReadLocation(top, "store"),
            State = ReadLocation(top, "state"),
            Age = ReadAge(top.Sub("age", "recipients", "identities")),
            Signing = ReadSigning(top.Sub("signing", "key", "trusted", "unsigned")),
            SourceBaseUrl = SourceBase(top),
            DestinationBaseUrl = DestinationBase(top),
            Credentials = new CredentialRuleReader(_directory, errors).ReadAll(top.Items("credentials")),
            Defaults = ReadDefaults(
                top.Sub("defaults", "refs", "prune", "diverged", "objective", "deadline", "ping_url", "expired", RedirectReader.Key)),
            Accept = top.List("accept", NamePattern.Parse),
        });
        CheckWhole(top, configuration);
        return configuration with { Mirrors = new MirrorReader(configuration, _directory, errors).ReadAll(top.Items("mirrors")) };
    }

    private void CheckWhole(Section top, MirrorConfiguration configuration)
    {
        if (configuration.Accept.Count > 0 && configuration.DestinationBaseUrl is null)
        {
            errors.Add(top.KeyAt("accept"), "'accept' needs destination_base_url, or MIRROR_DESTINATION_BASE_URL in the environment");
        }
        CheckNeeds(top.At, top, configuration);
        CheckApart(top.Has("state") ? top.KeyAt("state") : Position.None, configuration);
    }

    /// <summary>Reports all missing keys at once, so that the user need not find them one by one.</summary>
    private void CheckNeeds(Position at, Section? top, MirrorConfiguration configuration)
    {
        foreach (var need in ConfigurationNeed.MissingIn(configuration, context.Needs))
        {
            // A key that exists with a wrong value has its own error.
            if (top?.HasContent(need.Section, need.Key) != true && string.IsNullOrEmpty(context.Environment(need.Variable)))
            {
                errors.Add(top?.Has(need.Section) == true ? top.KeyAt(need.Section) : at,
                    $"{need.MissingText} (or set {need.Variable})");
            }
        }
    }

    private void CheckApart(Position at, MirrorConfiguration configuration)
    {
        if (configuration is { Store: { } store, State: { } state } && state.Overlaps(store))
        {
            errors.Add(at, "'state' is in the same place as 'store': who reads the store must not reach the ledgers");
        }
    }

    /// <summary>Fills in values from the environment. A list in git-partition-sync's format has no place for them.</summary>
    private MirrorConfiguration WithEnvironment(MirrorConfiguration read) => read with
    {
        Store = read.Store ?? FromEnvironment("MIRROR_STORE", text => StoreLocation.Parse(text, _directory)),
        State = read.State ?? FromEnvironment("MIRROR_STATE", text => StoreLocation.Parse(text, _directory)),
        Age = new AgeKeys(
            read.Age.Recipients.Count > 0 ? read.Age.Recipients : PlacedFromEnvironment("MIRROR_AGE_RECIPIENTS", ParseRecipient),
            read.Age.Identities.Count > 0
                ? read.Age.Identities
                : PlacedFromEnvironment("MIRROR_AGE_IDENTITIES", ParseSecret)),
        Signing = read.Signing with
        {
            Key = read.Signing.Key ?? FromEnvironment("MIRROR_SIGNING_KEY", text => FromVariable("MIRROR_SIGNING_KEY", ParseSecret(text))),
            Trusted = read.Signing.Trusted.Count > 0 || read.Signing.AllowUnsigned
                ? read.Signing.Trusted
                : ListFromEnvironment("MIRROR_SIGNING_TRUSTED", ParseTrusted),
        },
    };

    private SecretReference ParseSecret(string text) => SecretReference.Parse(text, _directory);

    private Placed<T> FromVariable<T>(string variable, T value) =>
        new(value, $"{context.Name}: {variable}", Position.None.Line, Position.None.Column);

    private List<Placed<T>> PlacedFromEnvironment<T>(string variable, Func<string, T> parse) =>
        ListFromEnvironment(variable, text => FromVariable(variable, parse(text)));

    private List<T> ListFromEnvironment<T>(string variable, Func<string, T> parse)
        where T : class =>
        context.Environment(variable) is { Length: > 0 } text ? [.. EntriesIn(variable, text, parse).OfType<T>()] : [];

    /// <summary>Null for an invalid entry. Errors name an entry by its number and do not quote it,
    /// since it may be a misplaced secret.</summary>
    private IEnumerable<T?> EntriesIn<T>(string variable, string text, Func<string, T> parse)
        where T : class
    {
        var entries = text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return entries.Select((entry, i) => Parsed(entries.Length == 1 ? variable : $"{variable}: entry {i + 1}", entry, parse));
    }

    private T? FromEnvironment<T>(string variable, Func<string, T> parse)
        where T : class =>
        context.Environment(variable) is { Length: > 0 } text ? Parsed(variable, text, parse) : null;

    private T? Parsed<T>(string name, string text, Func<string, T> parse)
        where T : class
    {
        try
        {
            return parse(text);
        }
        catch (FormatException exception)
        {
            errors.Add(Position.None, $"{name}: {exception.Message}");
            return null;
        }
    }

    private StoreLocation? ReadLocation(Section top, string key) =>
        top.Read<StoreLocation?>(key, null, text => StoreLocation.Parse(text, _directory));

    private BaseUrl? SourceBase(Section? top) => ReadBase(top, "source_base_url", "MIRROR_SOURCE_BASE_URL");

    private BaseUrl? DestinationBase(Section? top) => ReadBase(top, "destination_base_url", "MIRROR_DESTINATION_BASE_URL");

    private BaseUrl? ReadBase(Section? top, string key, string variable)
    {
        if (top?.Has(key) == true)
        {
            return top.Read(key, BaseUrl.Unusable, text =>
            {
                ConfiguredUrl.RefuseSecrets(text);
                return BaseUrl.Parse(text, _directory);
            });
        }
        try
        {
            // A password in the environment is allowed, unlike in a file, which may be in a repository.
            return context.Environment(variable) is { Length: > 0 } text ? BaseUrl.Parse(text, _directory) : null;
        }
        catch (FormatException exception)
        {
            errors.Add(Position.None, $"{variable}: {exception.Message}");
            return BaseUrl.Unusable;
        }
    }

    private AgeKeys ReadAge(Section? age) => age is null
        ? AgeKeys.None
        : new AgeKeys(
            age.Placed("recipients", ParseRecipient),
            age.Placed("identities", ParseSecret));

    /// <summary>The errors do not quote, since users sometimes confuse the two halves of a key pair.</summary>
    private ConfiguredRecipient ParseRecipient(string text)
    {
        if (!text.StartsWith("file:", StringComparison.Ordinal))
        {
            return new ConfiguredRecipient(Decoded(AgeRecipient.Parse, text), null);
        }
        var path = text["file:".Length..];
        return path.Length > 0
            ? new ConfiguredRecipient(null, Path.GetFullPath(path, _directory))
            : throw new FormatException("after 'file:' comes a path");
    }

    private static T Decoded<T>(Func<string, T> parse, string text)
    {
        try
        {
            return parse(text);
        }
        catch (AgeKeyException wrong)
        {
            throw new FormatException(wrong.Message, wrong);
        }
    }

    private SigningKeys ReadSigning(Section? signing)
    {
        if (signing is null)
        {
            return SigningKeys.None;
        }
        var keys = new SigningKeys(
            signing.Read<SecretReference?>("key", null, ParseSecret) is { } key
                ? signing.Place("key", key)
                : null,
            signing.List("trusted", ParseTrusted),
            signing.Read("unsigned", false, text => text == "allow" ? true : throw new FormatException("can only say 'allow'")));
        if (keys is { AllowUnsigned: true, Trusted.Count: > 0 })
        {
            errors.Add(signing.KeyAt("unsigned"), "'unsigned: allow' and 'trusted' contradict each other");
        }
        return keys;
    }

    private static VerifyingKey ParseTrusted(string text) => Decoded(VerifyingKey.Parse, text);

    private MirrorDefaults ReadDefaults(Section? defaults) => defaults is null
        ? MirrorDefaults.BuiltIn
        : new MirrorDefaults(
            RefMapReader.Read(defaults, errors) ?? RefMap.Default,
            defaults.Flag("prune", MirrorDefaults.BuiltIn.Prune),
            defaults.Read("diverged", MirrorDefaults.BuiltIn.Diverged, ParseDiverged))
        {
            Objective = defaults.Read("objective", MirrorDefaults.BuiltIn.Objective, Interval.Parse),
            Deadline = defaults.Read("deadline", MirrorDefaults.BuiltIn.Deadline, Interval.Parse),
            Ping = defaults.Read<PingUrl?>("ping_url", null, text => PingUrl.Parse(text, _directory)),
            Expired = defaults.Read("expired", MirrorDefaults.BuiltIn.Expired, ParseExpired),
            Redirects = RedirectReader.Read(defaults, MirrorDefaults.BuiltIn.Redirects),
        };

    internal static ExpiredHeads ParseExpired(string text) => text switch
    {
        "hold" => ExpiredHeads.Hold,
        "warn" => ExpiredHeads.Warn,
        _ => throw new FormatException($"must be hold or warn, not {Quoted.Value(text)}"),
    };

    internal static Diverged ParseDiverged(string text) => text switch
    {
        "overwrite" => Diverged.Overwrite,
        "refuse" => Diverged.Refuse,
        "preserve" => Diverged.Preserve,
        _ => throw new FormatException($"must be overwrite, refuse or preserve, not {Quoted.Value(text)}"),
    };
}
