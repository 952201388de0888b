using System.CommandLine;
using Mirror.Functions.Output;
using Mirror.Functions.Telemetry;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Commands;

/// <summary>Runs a command once, or with --watch repeatedly until it is interrupted.</summary>
internal static class Repeating
{
    /// <summary>For a command that runs mirrors. With --watch, each mirror repeats by itself.</summary>
    public static void SetAction(Command command, SecretReader secrets, MirrorCommand mirrors) =>
        SetAction(command, secrets, (call, cancellation) =>
        {
            var reporter = new Reporter(call.Options, mirrors.Wording, TimeProvider.System);
            call = call with { Say = reporter.Say, Warn = reporter.Warn };
            return call.Options.Watch is { } interval
                ? new Watch(mirrors, call, reporter).RunAsync(interval, cancellation)
                : Batch.RunAsync(mirrors, call, reporter, cancellation);
        });

    /// <summary>For a command that only reads. With --watch, all of it repeats.</summary>
    public static void SetAction(Command command, SecretReader secrets,
        Func<ParseResult, RunOptions, CancellationToken, Task<int>> look) =>
        SetAction(command, secrets, (call, cancellation) =>
            LookAsync(call.Options, () => look(call.Parsed, call.Options, cancellation), cancellation));

    private static void SetAction(Command command, SecretReader secrets, Func<CommandCall, CancellationToken, Task<int>> run) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            var call = new CommandCall(parsed, RunOptions.Read(parsed, secrets));
            // The command line handles Ctrl-C only after this method has yielded.
            await Task.Yield();
            await using var export = Export.Start(
                ExportSettings.Read(Environment.GetEnvironmentVariable), secrets, line =>
                    Console.Error.WriteLine(Printable.Line(secrets.Redact(line))));
            return await run(call, cancellation);
        });

    private static async Task<int> LookAsync(RunOptions options, Func<Task<int>> once, CancellationToken cancellation)
    {
        var interval = options.Watch;
        // Wrong usage at the first time ends the command. A configuration that breaks later may be repaired while we wait.
        for (var isFirst = true; ; isFirst = false)
        {
            try
            {
                var status = await once();
                if (interval is null)
                {
                    return status;
                }
            }
            catch (Exception wrong) when (interval is not null
                && (wrong is RunException or StorageException || (wrong is UsageException && !isFirst)))
            {
                await Console.Error.WriteLineAsync($"error: {Printable.Line(options.Secrets.Redact(wrong.Message))}");
            }
            await Task.Delay(interval.Value, cancellation);
        }
    }
}
