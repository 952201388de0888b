using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror verify</c>: whether what lies in the bucket is sound.</summary>
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
        Repeating.SetAction(command, secrets, RunOnceAsync);
        return command;
    }

    private static async Task<int> RunOnceAsync(ParseResult parsed, RunOptions options, CancellationToken cancellation)
    {
        using var composition = await Composition.OpenAsync(options.Configuration, options.Secrets, cancellation);
        var bucket = composition.OpenBucket();
        var verifier = new Verifier(bucket, await composition.Keys.ConsumerAsync(cancellation), composition.Remotes.Time);
        var listing = await BucketListing.ReadAsync(bucket, cancellation);
        // A mirror that is configured and has no head is not sound.
        string[] chosen = parsed.GetValue(Names) is { Length: > 0 } names
            ? names
            : [.. composition.Configuration!.Mirrors.Select(mirror => mirror.Name).Union(listing.Mirrors())];
        if (chosen.Length == 0)
        {
            await Console.Error.WriteLineAsync($"{Printable.Line(bucket.Name)}: there is no head of any mirror");
            return ExitStatus.Done;
        }
        var jobs = options.Select(chosen, name => name)
            .Select(name => new MirrorJob(name, [], (meter, token) => verifier.VerifyAsync(name, listing, meter, token)));
        var reporter = new Reporter(options, composition.Secrets.Redact, composition.Remotes.Time)
        {
            Kinds = kind => kind == OutcomeKind.Unchanged ? "sound" : "not sound",
            Describe = outcome => outcome.IsGood
                ? $"{outcome.Mirror}: sound up to sequence {outcome.Sequence}, {Quantity.Bytes(outcome.Bytes)} of packs in {Quantity.Time(outcome.Elapsed)}"
                : $"{outcome.Mirror}: not sound",
        };
        return await Batch.RunAsync([.. jobs], composition, reporter, cancellation);
    }
}
