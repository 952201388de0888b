using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>
/// Signals that reach the program at a known moment: from a hook of the git that it has just started, whose grandparent it is.
/// </summary>
internal static class Hooks
{
    /// <summary>In the middle of a produce, as the source begins to pack: under the lease, with an upload begun.</summary>
    public static async Task SignalProducerAsync(PartitionSides sides, string signal)
    {
        // git believes this setting from the command line and the environment alone, not from a repository.
        var script = sides.Near.PathOf("pack-hook");
        await File.WriteAllTextAsync(script, $"#!/bin/sh\n{Line(signal)}\nexec \"$@\"\n");
        await new Command("chmod", "+x", script).RunAsync();
        sides.Near.Environment["GIT_CONFIG_COUNT"] = "2";
        sides.Near.Environment["GIT_CONFIG_KEY_1"] = "uploadpack.packObjectsHook";
        sides.Near.Environment["GIT_CONFIG_VALUE_1"] = script;
    }

    /// <summary>In the middle of a consume: the target has the whole pack, and has not yet been asked to move a ref.</summary>
    public static Task SignalConsumerAsync(PartitionSides sides, string signal, string after = "") =>
        sides.Target.InstallHookAsync("pre-receive", $"{Line(signal)}\n{after}");

    public static void Remove(params PartitionSides[] all)
    {
        foreach (var sides in all)
        {
            sides.Near.Environment.Remove("GIT_CONFIG_COUNT");
            if (Directory.Exists(Path.Combine(sides.Target.Path, "hooks")))
            {
                Directory.Delete(Path.Combine(sides.Target.Path, "hooks"), recursive: true);
            }
        }
    }

    private static string Line(string signal) => $"kill -{signal} $(ps -o ppid= -p $PPID)";
}
