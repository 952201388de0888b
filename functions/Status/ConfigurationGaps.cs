using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>What an app's roles need and its configuration does not say: every run
/// will fail by it, which nobody should have to wait for.</summary>
internal static class ConfigurationGaps
{
    private const Roles All = Roles.Produce | Roles.Consume | Roles.Sync;

    private static readonly Gap[] Known =
    [
        new(Roles.Produce | Roles.Consume, "store", "where the bucket is", configuration => configuration.Store is null),
        new(All, "state", "where the ledgers are kept; without, no run is remembered", configuration => configuration.State is null),
        new(Roles.Produce, "age.recipients", "for whom to encrypt", configuration => configuration.Age.Recipients.Count == 0),
        new(Roles.Produce, "signing.key", "what to sign heads with",
            configuration => configuration.Signing is { Key: null, AllowUnsigned: false }),
        new(Roles.Consume, "age.identities", "who decrypts", configuration => configuration.Age.Identities.Count == 0),
        new(Roles.Consume, "signing.trusted", "whose heads to believe",
            configuration => configuration.Signing is { Trusted.Count: 0, AllowUnsigned: false }),
    ];

    public static IEnumerable<string> Of(MirrorConfiguration configuration, Roles roles) =>
        Known.Where(gap => (gap.Roles & roles) != Roles.None && gap.IsIn(configuration))
            .Select(gap => $"{configuration.File}: '{gap.Key}' is missing: say {gap.What}");

    private sealed record Gap(Roles Roles, string Key, string What, Func<MirrorConfiguration, bool> IsIn);
}
