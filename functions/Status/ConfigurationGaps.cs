using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Status;

/// <summary>Keys that an app's roles need and its configuration lacks. Every run would fail, so the status page shows them before the
/// first one.</summary>
internal static class ConfigurationGaps
{
    public static IEnumerable<string> Of(MirrorConfiguration configuration, Roles roles) =>
        ConfigurationNeed.MissingIn(configuration, NeedsOf(roles)).Select(need => $"{configuration.File}: {need.MissingText}");

    // Sync has no ledgers, but without a state its runs are not recorded.
    private static ConfigurationNeeds NeedsOf(Roles roles) =>
        (roles.HasFlag(Roles.Produce) ? ConfigurationNeeds.Produce : ConfigurationNeeds.None)
        | (roles.HasFlag(Roles.Consume) ? ConfigurationNeeds.Consume : ConfigurationNeeds.None)
        | (roles.HasFlag(Roles.Sync) ? ConfigurationNeeds.State : ConfigurationNeeds.None);
}
