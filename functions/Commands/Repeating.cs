using System.CommandLine;
using Mirror.Functions.Telemetry;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions.Commands;

/// <summary>Runs a command once, or with --watch again and again until it is interrupted.</summary>
internal static class Repeating
{
    public static void SetAction(Command command, SecretReader secrets,
        Func<ParseResult, RunOptions, CancellationToken, Task<int>> round) =>
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = RunOptions.Read(parsed, secrets);
            await using var export = Export.Start(
                ExportSettings.Read(Environment.GetEnvironmentVariable), secrets, line =>
                    Console.Error.WriteLine(Printable.Line(secrets.Redact(line))));
            return await RunAsync(options, () => round(parsed, options, cancellation), cancellation);
        });

    private static async Task<int> RunAsync(RunOptions options, Func<Task<int>> once, CancellationToken cancellation)
    {
        // The first round may find wrong usage, which ends it; a configuration that breaks later, or a bucket that goes away, may be
        // mended while we wait.
        var status = await once();
        while (options.Watch is { } pause)
        {
            await Task.Delay(pause, cancellation);
            try
            {
                status = await once();
            }
            catch (Exception wrong) when (wrong is UsageException or RunException or StorageException)
            {
                await Console.Error.WriteLineAsync(
                    $"error: {Printable.Line(options.Secrets.Redact(wrong.Message))}; trying again in {pause.TotalSeconds:0} s");
            }
        }
        return status;
    }
}
