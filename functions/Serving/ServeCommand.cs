using System.CommandLine;
using Mirror.Functions.Consume;
using Mirror.Functions.Hints;
using Mirror.Functions.Jobs;
using Mirror.Functions.Late;
using Mirror.Functions.Plan;
using Mirror.Functions.Poison;
using Mirror.Functions.Produce;
using Mirror.Functions.Runs;
using Mirror.Functions.Status;
using Mirror.Functions.Sweep;
using Mirror.Functions.Sync;
using Mirror.Functions.Telemetry;
using Mirror.Functions.Webhook;
using Mirror.Mirroring;

namespace Mirror.Functions.Serving;

/// <summary><c>mirror serve</c>: the custom handler of an Azure Functions app.</summary>
internal static class ServeCommand
{
    /// <summary>More threads than the host makes parallel calls. A job with a fast source keeps a pool thread as long as there are bytes
    /// to read. With one thread per core, the host's ping waited for twenty seconds behind 24 jobs. With more threads, the kernel shares
    /// the cores fairly.</summary>
    private const int ThreadCount = 64;

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("serve", """
            Runs the functions of an Azure Functions app: a web server on loopback that the host calls for each timer, message and request.
            App settings configure it: MIRROR_ROLES (produce, consume, sync), MIRROR_CONFIG or MIRROR_CONFIG_YAML, MIRROR_SCHEDULE,
            MIRROR_SWEEP_SCHEDULE, MIRROR_WEBHOOK_SECRET, AzureWebJobsStorage. The Functions host starts it; you need not run it yourself.
            """);
        command.SetAction((_, cancellation) => RunAsync(secrets, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(SecretReader secrets, CancellationToken cancellation)
    {
        // A deployed program has host.json beside it. A program from a build is started in the app's folder.
        var folder = File.Exists(Path.Combine(AppContext.BaseDirectory, "host.json"))
            ? AppContext.BaseDirectory
            : Environment.CurrentDirectory;
        var settings = Settings.Read(Environment.GetEnvironmentVariable, folder, secrets);
        var (time, log) = (TimeProvider.System, HostLog.To(Console.Out, Console.Error, secrets.Redact));
        if (settings.Problem is { } problem)
        {
            log.Warn($"error: {problem}");
        }
        ThreadPool.SetMinThreads(ThreadCount, ThreadCount);
        var compositions = new LiveComposition(settings.Configuration, secrets, time, log.Warn);
        var status = new StatusReader(compositions, settings, time);
        var telemetry = ExportSettings.Read(Environment.GetEnvironmentVariable);
        await using var export = Export.Start(telemetry, secrets, log.Warn);
        var looking = telemetry.Metrics is null
            ? Task.CompletedTask
            : new StatusGauges(status, time, log.Warn).RunAsync(telemetry.Interval, cancellation);
        await Compose(settings, compositions, status, log).RunAsync(cancellation);
        await looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // The host does not restart a process that ends with 0.
        return ExitStatus.Interrupted;
    }

    private static InvocationServer Compose(Settings settings, LiveComposition compositions, StatusReader status, HostLog log)
    {
        var time = TimeProvider.System;
        var retired = new RetiredSweep();
        var queues = new Lazy<JobQueues>(() => JobQueues.Open(settings, time));
        var poison = new Lazy<PoisonQueues>(() => PoisonQueues.Open(settings));
        var webhook = new WebhookFunction(compositions, () => queues.Value, settings, time, new WebhookLog(log, time));
        var runner = new JobRunner(compositions, settings, new RunLog(log),
            new ConsumerHint(settings, () => queues.Value, time, log.Warn) { Secrets = compositions.Secrets });
        return new InvocationServer(settings, log.Warn)
        {
            Functions =
            {
                ["Plan"] = (invocation, token) => new PlanFunction(compositions, queues.Value, settings, log)
                {
                    Retired = retired,
                }.RunAsync(invocation, token),
                ["Sweep"] = (_, token) => new SweepFunction(compositions, queues.Value, time, log).RunAsync(token),
                ["Produce"] = ProduceFunction.Over(runner),
                ["Sync"] = SyncFunction.Over(runner),
                ["Consume"] = ConsumeFunction.Over(runner),
                ["Hints"] = (_, token) =>
                    new HintsFunction(compositions, () => HintQueue.Open(settings), queues.Value, log).RunAsync(token),
                ["Late"] = (_, token) => new LateFunction(status, log).RunAsync(token),
                ["Poison"] = (_, token) => new PoisonFunction(compositions, poison.Value, time, log.Warn).RunAsync(token),
            },
            Http =
            {
                ["webhook"] = webhook.AnswerAsync,
                ["status"] = new StatusFunction(status, () => poison.Value, time).RunAsync,
            },
        };
    }
}
