using System.Buffers;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Turns the tree of a file into a <see cref="MirrorConfiguration"/>, section by section.</summary>
internal sealed class ConfigurationReader(string file, string directory, Func<string, string?> environment, ErrorList errors)
{
    /// <summary>The data part of Bech32 (BIP 173), which knows no 1, b, i and o.</summary>
    private static readonly SearchValues<char> Bech32 = SearchValues.Create("qpzry9x8gf2tvdw0s3jn54khce6mua7l");

    public MirrorConfiguration Read(YamlValue root)
    {
        switch (root)
        {
            case YamlMap map:
                return ReadFile(Section.Open(map, errors,
                    "store", "state", "age", "signing", "source_base_url", "destination_base_url",
                    "credentials", "defaults", "mirrors", "accept"));
            case YamlList list:
                // git-partition-sync's file is nothing but the list.
                return ReadList(list);
            default:
                throw errors.Fatal(root.At, $"a configuration is a mapping, or a list of mirrors, not {root.Kind}");
        }
    }

    private MirrorConfiguration ReadList(YamlList list)
    {
        var bases = WithEnvironment(new MirrorConfiguration
        {
            File = file,
            SourceBaseUrl = SourceBase(null),
            DestinationBaseUrl = DestinationBase(null)
        });
        CheckApart(Position.None, bases);
        return bases with { Mirrors = new MirrorReader(bases, directory, errors).ReadAll(list.Items) };
    }

    private MirrorConfiguration ReadFile(Section top)
    {
        var configuration = WithEnvironment(new MirrorConfiguration
        {
            File = file,
            Store = ReadLocation(top, "store"),
            State = ReadLocation(top, "state"),
            Age = ReadAge(top.Sub("age", "recipients", "identities")),
            Signing = ReadSigning(top.Sub("signing", "key", "trusted", "unsigned")),
            SourceBaseUrl = SourceBase(top),
            DestinationBaseUrl = DestinationBase(top),
            Credentials = new CredentialRuleReader(directory, errors).ReadAll(top.Items("credentials")),
            Defaults = ReadDefaults(
                top.Sub("defaults", "refs", "prune", "diverged", "objective", "deadline", "ping_url", "expired", RedirectReader.Key)),
            Accept = top.List("accept", NamePattern.Parse),
        });
        CheckWhole(top, configuration);
        return configuration with { Mirrors = new MirrorReader(configuration, directory, errors).ReadAll(top.Items("mirrors")) };
    }

    private void CheckWhole(Section top, MirrorConfiguration configuration)
    {
        if (configuration.Accept.Count > 0 && configuration.DestinationBaseUrl is null)
        {
            errors.Add(top.KeyAt("accept"), "'accept' needs destination_base_url, or MIRROR_DESTINATION_BASE_URL in the environment");
        }
        CheckApart(top.Has("state") ? top.KeyAt("state") : Position.None, configuration);
    }

    private void CheckApart(Position at, MirrorConfiguration configuration)
    {
        if (configuration is { Store: { } store, State: { } state } && state.Overlaps(store))
        {
            errors.Add(at, "'state' is in the same place as 'store': who reads the store must not reach the ledgers");
        }
    }

    /// <summary>What the file does not say, the environment may: a list of git-partition-sync's has no room for any of it.</summary>
    private MirrorConfiguration WithEnvironment(MirrorConfiguration read) => read with
    {
        Store = read.Store ?? FromEnvironment("MIRROR_STORE", text => StoreLocation.Parse(text, directory)),
        State = read.State ?? FromEnvironment("MIRROR_STATE", text => StoreLocation.Parse(text, directory)),
        Age = new AgeKeys(
            read.Age.Recipients.Count > 0 ? read.Age.Recipients : ListFromEnvironment("MIRROR_AGE_RECIPIENTS", ParseRecipient),
            read.Age.Identities.Count > 0
                ? read.Age.Identities
                : ListFromEnvironment("MIRROR_AGE_IDENTITIES", text => SecretReference.Parse(text, directory))),
        Signing = read.Signing with
        {
            Key = read.Signing.Key ?? FromEnvironment("MIRROR_SIGNING_KEY", text => SecretReference.Parse(text, directory)),
            Trusted = read.Signing.Trusted.Count > 0 || read.Signing.AllowUnsigned
                ? read.Signing.Trusted
                : ListFromEnvironment("MIRROR_SIGNING_TRUSTED", ParseTrusted),
        },
    };

    private List<T> ListFromEnvironment<T>(string variable, Func<string, T> parse) =>
        FromEnvironment(variable, text => text.Split(',',
            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(parse).ToList()) ?? [];

    private T? FromEnvironment<T>(string variable, Func<string, T> parse)
        where T : class
    {
        try
        {
            return environment(variable) is { Length: > 0 } text ? parse(text) : null;
        }
        catch (FormatException exception)
        {
            errors.Add(Position.None, $"{variable}: {exception.Message}");
            return null;
        }
    }

    private StoreLocation? ReadLocation(Section top, string key) =>
        top.Read<StoreLocation?>(key, null, text => StoreLocation.Parse(text, directory));

    private BaseUrl? SourceBase(Section? top) => ReadBase(top, "source_base_url", "MIRROR_SOURCE_BASE_URL");

    private BaseUrl? DestinationBase(Section? top) => ReadBase(top, "destination_base_url", "MIRROR_DESTINATION_BASE_URL");

    private BaseUrl? ReadBase(Section? top, string key, string variable)
    {
        if (top?.Has(key) == true)
        {
            return top.Read(key, BaseUrl.Unusable, text =>
            {
                ConfiguredUrl.RefuseSecrets(text);
                return BaseUrl.Parse(text, directory);
            });
        }
        try
        {
            // The environment is no file: a password in there is not in anybody's repository.
            return environment(variable) is { Length: > 0 } text ? BaseUrl.Parse(text, directory) : null;
        }
        catch (FormatException exception)
        {
            errors.Add(Position.None, $"{variable}: {exception.Message}");
            return BaseUrl.Unusable;
        }
    }

    private AgeKeys ReadAge(Section? age) => age is null
        ? AgeKeys.None
        : new AgeKeys(age.List("recipients", ParseRecipient), age.List("identities", text => SecretReference.Parse(text, directory)));

    /// <summary>Does not quote: someone mixes up the two halves of a key pair one day.</summary>
    private ConfiguredRecipient ParseRecipient(string text)
    {
        if (text.StartsWith("file:", StringComparison.Ordinal))
        {
            var path = text["file:".Length..];
            return path.Length > 0
                ? new ConfiguredRecipient(null, Path.GetFullPath(path, directory))
                : throw new FormatException("after 'file:' comes a path");
        }
        return text.StartsWith("age1", StringComparison.Ordinal) && text.Length > "age1".Length
            && !text.AsSpan("age1".Length).ContainsAnyExcept(Bech32)
            ? new ConfiguredRecipient(text, null)
            : throw new FormatException("a recipient is an age X25519 public key, age1…, or file:PATH with one on each line");
    }

    private SigningKeys ReadSigning(Section? signing)
    {
        if (signing is null)
        {
            return SigningKeys.None;
        }
        var keys = new SigningKeys(
            signing.Read<SecretReference?>("key", null, text => SecretReference.Parse(text, directory)),
            signing.List("trusted", ParseTrusted),
            signing.Read("unsigned", false, text => text == "allow" ? true : throw new FormatException("can only say 'allow'")));
        if (keys is { AllowUnsigned: true, Trusted.Count: > 0 })
        {
            errors.Add(signing.KeyAt("unsigned"), "'unsigned: allow' and 'trusted' contradict each other");
        }
        return keys;
    }

    private static string ParseTrusted(string text)
    {
        var key = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return key is ["ssh-ed25519", var blob, ..] && Convert.TryFromBase64String(blob, new byte[blob.Length], out _)
            ? text
            : throw new FormatException("a trusted key is an OpenSSH public key of the form 'ssh-ed25519 AAAA… comment'");
    }

    private MirrorDefaults ReadDefaults(Section? defaults) => defaults is null
        ? MirrorDefaults.BuiltIn
        : new MirrorDefaults(
            RefMapReader.Read(defaults, errors) ?? RefMap.Default,
            defaults.Flag("prune", MirrorDefaults.BuiltIn.Prune),
            defaults.Read("diverged", MirrorDefaults.BuiltIn.Diverged, ParseDiverged))
        {
            Objective = defaults.Read("objective", MirrorDefaults.BuiltIn.Objective, Interval.Parse),
            Deadline = defaults.Read("deadline", MirrorDefaults.BuiltIn.Deadline, Interval.Parse),
            Ping = defaults.Read<PingUrl?>("ping_url", null, text => PingUrl.Parse(text, directory)),
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
