using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary>What the user typed.</summary>
internal sealed record CommandCall(ParseResult Parsed, RunOptions Options);

/// <summary>A command that runs mirrors: what it opens, and which runs it asks for.</summary>
internal sealed record MirrorCommand(Func<Composition, CommandCall, CancellationToken, Task<IReadOnlyList<MirrorJob>>> PlanAsync)
{
    public Func<CommandCall, CancellationToken, Task<Composition>> OpenAsync { get; init; } =
        (call, cancellation) => Composition.OpenAsync(call.Options.Configuration, call.Options.Secrets, cancellation);

    public OutcomeWording Wording { get; init; } = OutcomeWording.OfRuns;
}
