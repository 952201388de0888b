using System.CommandLine;
using System.CommandLine.Invocation;
using Mirror.Functions.Commands;
using Mirror.Functions.Demo;
using Mirror.Functions.Serving;
using Mirror.Git;
using Mirror.Mirroring;
using Mirror.Storage;

namespace Mirror.Functions;

/// <summary>The command line: the list of commands, and how all of them handle wrong usage and Ctrl-C.</summary>
internal static class MirrorCommandLine
{
    /// <summary>The time after Ctrl-C to release leases over a network. The default of two seconds is too short for several.</summary>
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
        // With --help after an unknown command, the overview would not name that word.
        if (parsed.Action is CommandOverview.ShowHelp && mistakes.UnknownCommand(parsed) is { } unknown)
        {
            return Refuse(parsed.CommandResult.Command, unknown);
        }
        // Help is shown despite other mistakes, and shell completion works on incomplete command lines.
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
            // Each error of a configuration has a line of its own.
            var text = secrets.Redact(wrong.Message);
            await Console.Error.WriteLineAsync(
                $"error: {(wrong.InnerException is ConfigurationException ? Printable.Lines(text) : Printable.Line(text))}");
            return ExitStatus.WrongUsage;
        }
        catch (Exception failure) when (failure is RunException or StorageException)
        {
            // A storage failure of one mirror is its outcome. This one concerns a bucket or state that all mirrors need.
            await Console.Error.WriteLineAsync($"error: {Printable.Line(secrets.Redact(failure.Message))}");
            return ExitStatus.MirrorFailed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("interrupted");
            return ExitStatus.Interrupted;
        }
    }

    /// <summary>All commands, for parsing.</summary>
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
