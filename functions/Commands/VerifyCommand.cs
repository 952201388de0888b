using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Functions.Runs;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror verify</c>: checks that the bucket's content is valid.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string[]> Names = new("NAME")
    {
        Description = "which mirrors; without any, all that are configured or have a head in the bucket",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("verify", """
            Reads the bucket alone: signatures, digests, decryption, that chains are complete, and that each pack is whole.

            mirror verify -c mirror.yaml
            mirror verify ce/routy platform/terramorpher
            """)
        {
            Names,
        };
        RunOptions.AddTo(command, RunOptions.DryRunOption);
        Repeating.SetAction(command, secrets, new MirrorCommand(ConfigurationNeeds.Read, PlanAsync) { Wording = Wording });
        return command;
    }

    private static readonly OutcomeWording Wording = new(
        (kind, _) => kind == OutcomeKind.Unchanged ? "sound" : "not sound",
        (outcome, _) => outcome.IsGood
            ? $"{outcome.Mirror}: sound up to sequence {outcome.Sequence}, {Quantity.Bytes(outcome.Bytes)} of packs "
                + $"in {Quantity.Time(outcome.Elapsed)}"
            : $"{outcome.Mirror}: not sound");

    private static async Task<IReadOnlyList<MirrorJob>> PlanAsync(Composition composition, CommandCall call, CancellationToken cancellation)
    {
        var bucket = composition.OpenBucket();
        var opening = await Opening<Opened>.TryAsync(async () =>
        {
            var keys = await composition.Keys.ConsumerAsync(cancellation);
            return new Opened(new Verifier(bucket, keys, composition.Remotes.Time), await BucketListing.ReadAsync(bucket, cancellation));
        });
        // A configured mirror without a head is a failure.
        string[] chosen = call.Parsed.GetValue(Names) is { Length: > 0 } names
            ? names
            : [.. composition.Configuration!.Mirrors.Select(mirror => mirror.Name).Union(opening.Value?.Listing.Mirrors() ?? [])];
        if (chosen.Length == 0)
        {
            opening.ThrowIfFailed();
            await Console.Error.WriteLineAsync($"{Printable.Line(bucket.Name)}: the bucket has no head of any mirror");
            return [];
        }
        return [.. call.Options.Select(chosen, name => name).Select(name => opening.Job(
            composition.Plan(name) with { Ping = null },
            (opened, meter, token) => opened.Verifier.VerifyAsync(name, opened.Listing, meter, token)))];
    }

    private sealed record Opened(Verifier Verifier, BucketListing Listing);
}
