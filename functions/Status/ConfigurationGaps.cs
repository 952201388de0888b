using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>What an app's roles need and its configuration does not have. Every run would fail by it, so the status page says it before the
/// first one.</summary>
internal static class ConfigurationGaps
{
    public static IEnumerable<string> Of(MirrorConfiguration configuration, Roles roles) =>
        ConfigurationNeed.MissingIn(configuration, NeedsOf(roles)).Select(need => $"{configuration.File}: {need.MissingText}");

    // Sync keeps no ledgers, but without a state none of its runs is remembered.
    private static ConfigurationNeeds NeedsOf(Roles roles) =>
        (roles.HasFlag(Roles.Produce) ? ConfigurationNeeds.Produce : ConfigurationNeeds.None)
        | (roles.HasFlag(Roles.Consume) ? ConfigurationNeeds.Consume : ConfigurationNeeds.None)
        | (roles.HasFlag(Roles.Sync) ? ConfigurationNeeds.State : ConfigurationNeeds.None);
}
