using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
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
        var root = new RootCommand("Keeps Git repositories in step across places, without a local copy of any of them.")
        {
            DemoCommand.Create(secrets),
            SyncCommand.Create(secrets),
            ProduceCommand.Create(secrets),
            ConsumeCommand.Create(secrets),
            StatusCommand.Create(secrets),
            VerifyCommand.Create(secrets),
            RestoreCommand.Create(secrets),
            KeygenCommand.Create(),
            ServeCommand.Create(secrets),
            CompletionCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            return Refuse(parsed, parsed.Errors.Select(error => secrets.Redact(error.Message)));
        }
        if (!args.Contains("--") && MistakenOption(parsed) is { } option)
        {
            return Refuse(parsed, [secrets.Redact($"unknown option '{option}'")]);
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

    /// <summary>What looks like an option and was taken for an argument was
    /// mistyped: nobody means a folder or a mirror of that name.</summary>
    private static string? MistakenOption(ParseResult parsed) =>
        parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens)
            .Select(token => token.Value).FirstOrDefault(word => word.StartsWith('-'));

    private static int Refuse(ParseResult parsed, IEnumerable<string> errors)
    {
        foreach (var error in errors)
        {
            Console.Error.WriteLine($"error: {Printable.Line(error)}");
        }
        var command = parsed.CommandResult.Command;
        Console.Error.WriteLine(command is RootCommand ? "see: mirror --help" : $"see: mirror {command.Name} --help");
        return ExitStatus.WrongUsage;
    }
}
