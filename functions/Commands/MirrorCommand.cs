using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>The parsed command line.</summary>
internal sealed record CommandCall(ParseResult Parsed, RunOptions Options)
{
    /// <summary>Writes a line that is not about one mirror's run.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Writes a warning that is not about one mirror's run, even with --quiet.</summary>
    public Action<string> Warn { get; init; } = _ => { };
}

/// <summary>A command that runs mirrors: the configuration keys that it needs, and the runs that it plans.</summary>
internal sealed record MirrorCommand(
    ConfigurationNeeds Needs, Func<Composition, CommandCall, CancellationToken, Task<IReadOnlyList<MirrorJob>>> PlanAsync)
{
    /// <summary>Whether a call needs no configuration, because the command line has everything.</summary>
    public Predicate<CommandCall> IsWithoutConfiguration { get; init; } = _ => false;

    /// <summary>Work besides the runs: after them, or with --watch after each plan.</summary>
    public Func<Composition, CommandCall, CancellationToken, Task> TidyAsync { get; init; } = (_, _, _) => Task.CompletedTask;

    public OutcomeWording Wording { get; init; } = OutcomeWording.OfRuns;

    public Task<Composition> OpenAsync(CommandCall call, CancellationToken cancellation) => IsWithoutConfiguration(call)
        ? Task.FromResult(Composition.WithoutConfiguration(call.Options.Secrets))
        : Composition.OpenAsync(call.Options, Needs, cancellation);
}
