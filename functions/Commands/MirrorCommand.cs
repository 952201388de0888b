using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>What the user typed.</summary>
internal sealed record CommandCall(ParseResult Parsed, RunOptions Options)
{
    /// <summary>Says a line that belongs to no mirror's run.</summary>
    public Action<string> Say { get; init; } = _ => { };

    /// <summary>Says a warning that belongs to no mirror's run, also to who is quiet.</summary>
    public Action<string> Warn { get; init; } = _ => { };
}

/// <summary>A command that runs mirrors: what its configuration must say, and which runs it asks for.</summary>
internal sealed record MirrorCommand(
    ConfigurationNeeds Needs, Func<Composition, CommandCall, CancellationToken, Task<IReadOnlyList<MirrorJob>>> PlanAsync)
{
    /// <summary>Whether a call says on the command line all that a configuration would.</summary>
    public Predicate<CommandCall> IsWithoutConfiguration { get; init; } = _ => false;

    /// <summary>What is done beside the runs: after them, or under --watch after each plan.</summary>
    public Func<Composition, CommandCall, CancellationToken, Task> TidyAsync { get; init; } = (_, _, _) => Task.CompletedTask;

    public OutcomeWording Wording { get; init; } = OutcomeWording.OfRuns;

    public Task<Composition> OpenAsync(CommandCall call, CancellationToken cancellation) => IsWithoutConfiguration(call)
        ? Task.FromResult(Composition.WithoutConfiguration(call.Options.Secrets))
        : Composition.OpenAsync(call.Options, Needs, cancellation);
}
