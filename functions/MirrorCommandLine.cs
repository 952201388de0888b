using System.CommandLine;
using System.CommandLine.Invocation;
using Mirror.Functions.Commands;
using Mirror.Functions.Demo;
using Mirror.Functions.Serving;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>The command line: which commands there are, and what every one of them does about wrong usage and Ctrl-C.</summary>
internal static class MirrorCommandLine
{
    /// <summary>How long after Ctrl-C leases may take to be given back over a
    /// network; the default of two seconds is short for several.</summary>
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(5);

    public static async Task<int> RunAsync(string[] args, SecretReader secrets)
    {
        var root = CreateRoot(secrets);
        if (args.Length == 0)
        {
            await Console.Error.WriteLineAsync(CommandOverview.Text);
            return ExitStatus.WrongUsage;
        }
        var parsed = root.Parse(args);
        var mistakes = new UsageMistake(secrets.Redact);
        // Help for a command that does not exist: the overview would not name the wrong word.
        if (parsed.Action is CommandOverview.ShowHelp && mistakes.UnknownCommand(parsed) is { } unknown)
        {
            return Refuse(parsed.CommandResult.Command, unknown);
        }
        // Help is given whatever else is wrong, and a shell completes what is not finished.
        if (parsed.Action is null or ParseErrorAction || parsed.Action == parsed.CommandResult.Command.Action)
        {
            if (mistakes.Find(parsed, args) is { } mistake)
            {
                return Refuse(parsed.CommandResult.Command, secrets.Redact(mistake));
            }
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = ShutdownTimeout
            });
        }
        catch (UsageException wrong)
        {
            // Of what is wrong in a configuration, each has its line.
            var text = secrets.Redact(wrong.Message);
            await Console.Error.WriteLineAsync(
                $"error: {(wrong.InnerException is ConfigurationException ? Printable.Lines(text) : Printable.Line(text))}");
            return ExitStatus.WrongUsage;
        }
        catch (Exception failure) when (failure is RunException or StorageException)
        {
            // What happens to the stores of one mirror is its outcome; this is a bucket or a state without which none can be done.
            await Console.Error.WriteLineAsync($"error: {Printable.Line(secrets.Redact(failure.Message))}");
            return ExitStatus.MirrorFailed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("interrupted");
            return ExitStatus.Interrupted;
        }
    }

    /// <summary>All commands, as they are parsed.</summary>
    internal static RootCommand CreateRoot(SecretReader secrets)
    {
        var root = new RootCommand("Keeps Git repositories in step across places, without a local copy of any of them.")
        {
            DemoCommand.Create(secrets),
            SyncCommand.Create(secrets),
            ProduceCommand.Create(secrets),
            ConsumeCommand.Create(secrets),
            StatusCommand.Create(secrets),
            VerifyCommand.Create(secrets),
            RestoreCommand.Create(secrets),
            ForgetCommand.Create(secrets),
            KeygenCommand.Create(),
            ServeCommand.Create(secrets),
            CompletionCommand.Create(),
        };
        root.Add(HelpCommand.Create(root, secrets));
        CommandOverview.AddTo(root);
        return root;
    }

    private static int Refuse(Command command, string mistake)
    {
        Console.Error.WriteLine($"error: {Printable.Line(mistake)}");
        Console.Error.WriteLine(command is RootCommand ? "see: mirror --help" : $"see: mirror {command.Name} --help");
        return ExitStatus.WrongUsage;
    }
}
