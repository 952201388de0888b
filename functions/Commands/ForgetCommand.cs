using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Functions.Runs;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror forget</c>: retires a mirror that is no longer configured.</summary>
internal static class ForgetCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "the mirror, such as group/project" };

    private static readonly Option<bool> Yes = new("--yes", "-y") { Description = "do not ask" };

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("forget", """
            Retires a mirror that has been taken out of the configuration. Its ledgers go at once. Its objects in the bucket go when all of
            them are older than the retention time, 7 days, so that a consumer under way still finds them: the first produce after that
            deletes them, or this command, if you run it again then. It says first what it will delete, and asks. The target and the source
            are not touched.

            mirror forget ce/routy --dry-run
            mirror forget ce/routy
            """)
        {
            Name, Yes,
        };
        RunOptions.AddTo(command, RunOptions.OnlyOption, RunOptions.WatchOption, RunOptions.ParallelOption, RunOptions.JsonOption,
            RunOptions.QuietOption, RunOptions.VerboseOption);
        Repeating.SetAction(command, secrets, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, RunOptions options, CancellationToken cancellation)
    {
        var name = parsed.GetRequiredValue(Name);
        using var composition = await Composition.OpenAsync(
            options, ConfigurationNeeds.Store | ConfigurationNeeds.State, cancellation);
        var (configuration, state, bucket) = (composition.Configuration!, composition.OpenState(), composition.OpenBucket());
        if (configuration.Find(name) is not null)
        {
            throw new UsageException(
                $"{configuration.File}: '{name}' is still listed: remove it there first, or the next run starts it again");
        }
        var retirement = await Retirement.FindAsync(name, state, bucket, cancellation);
        if (retirement.HasHead && AcceptedMirror.Find(configuration, name) is not null)
        {
            throw new UsageException(
                $"{configuration.File}: '{name}' is still accepted, and its head is in the bucket: take it out of 'accept' first, "
                + "or forget it on the near side, or the next run starts it again");
        }
        if (retirement is { Kept.Count: 0, Objects.Count: 0 })
        {
            throw new UsageException($"nothing is known of '{name}'"
                + (Spelling.Nearest(name, await Retirement.KnownAsync(state, bucket, cancellation)) is { } nearest
                    ? $": did you mean '{nearest}'?" : $", neither in {state.Name} nor in {bucket.Name}"));
        }
        var plan = new ForgetPlan(retirement, composition.Remotes.Time.GetUtcNow()) { IsWriter = configuration.Age.Recipients.Count > 0 };
        Say(plan.Words(state, bucket), options.Secrets);
        if (options.DryRun)
        {
            return ExitStatus.Done;
        }
        if (!parsed.GetValue(Yes) && !await AgreesAsync(cancellation))
        {
            return ExitStatus.MirrorFailed;
        }
        try
        {
            var retired = new RetiredMirrors(state, bucket, composition.Remotes.Time);
            // Read again, since a run that ended after the question may have added objects.
            plan = plan with { Retirement = await retired.RetireAsync(name, plan.IsWriter, cancellation) };
        }
        catch (BusyException busy)
        {
            throw new RunException(busy.HasBegun
                ? $"{busy.Message}: broken off, and some of it may be deleted: run mirror forget again"
                : $"{busy.Message}: nothing is deleted; end that run, or try again", busy);
        }
        Say([plan.End], options.Secrets);
        return ExitStatus.Done;
    }

    private static async Task<bool> AgreesAsync(CancellationToken cancellation)
    {
        if (Console.IsInputRedirected)
        {
            throw new UsageException("forget: there is no terminal to confirm at: use --yes");
        }
        await Console.Error.WriteAsync("delete this? [y/N] ");
        return (await Console.In.ReadLineAsync(cancellation))?.Trim() is "y" or "Y" or "yes";
    }

    private static void Say(IEnumerable<string> lines, SecretReader secrets)
    {
        foreach (var line in lines)
        {
            Console.Out.WriteLine(Printable.Line(secrets.Redact(line)));
        }
    }

    /// <summary>What is deleted now, and what later.</summary>
    private sealed record ForgetPlan(Retirement Retirement, DateTimeOffset Now)
    {
        /// <summary>Whether this side writes to the bucket. The other side has no permission to delete there.</summary>
        public required bool IsWriter { get; init; }

        private DateTimeOffset? FreeFrom => Retirement.FreeFrom(ChainPolicy.Default);

        public IEnumerable<string> Words(ObjectStore state, ObjectStore bucket)
        {
            if (Retirement.Kept.Count > 0)
            {
                yield return $"{Retirement.Mirror}: now: its ledgers and records, "
                    + $"{Quantity.Of(Retirement.Kept.Count, "object")} in {state.Name}";
            }
            if (FreeFrom is { } free)
            {
                var size = Quantity.Bytes(Retirement.Objects.Sum(found => found.Size));
                var objects = $"{Quantity.Of(Retirement.Objects.Count, "object")} of {size} in {bucket.Name}";
                yield return !IsWriter ? $"{Retirement.Mirror}: not by this side: {objects}, which mirror forget deletes on the near side"
                    : free <= Now ? $"{Retirement.Mirror}: now: {objects}"
                    : $"{Retirement.Mirror}: by the first mirror produce after {Time(free)}: {objects}";
            }
        }

        public string End => IsWriter && FreeFrom > Now
            ? $"{Retirement.Mirror}: forgotten; the first mirror produce after {Time(FreeFrom.Value)} deletes its objects"
            : $"{Retirement.Mirror}: forgotten";

        private static string Time(DateTimeOffset at) => Iso8601.Of(at);
    }
}
