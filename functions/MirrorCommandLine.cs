using System.CommandLine;
using System.CommandLine.Invocation;
using Mirror.Functions.Commands;
using Mirror.Functions.Demo;

namespace Mirror.Functions;

/// <summary>The command line: which commands there are, and what every one of them does about wrong usage and Ctrl-C.</summary>
internal static class MirrorCommandLine
{
    public static async Task<int> RunAsync(string[] args)
    {
        var root = new RootCommand("Keeps Git repositories in step across places, without a local copy of any of them.")
        {
            DemoCommand.Create(),
            SyncCommand.Create(),
            ProduceCommand.Create(),
            ConsumeCommand.Create(),
            StatusCommand.Create(),
            VerifyCommand.Create(),
            RestoreCommand.Create(),
            KeygenCommand.Create(),
            CompletionCommand.Create(),
        };
        var parsed = root.Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            return Refuse(parsed);
        }
        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
        }
        catch (UsageException wrong)
        {
            await Console.Error.WriteLineAsync($"error: {wrong.Message}");
            return ExitStatus.WrongUsage;
        }
        catch (RunException failure)
        {
            await Console.Error.WriteLineAsync($"error: {failure.Message}");
            return ExitStatus.MirrorFailed;
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("interrupted");
            return ExitStatus.Interrupted;
        }
    }

    private static int Refuse(ParseResult parsed)
    {
        foreach (var error in parsed.Errors)
        {
            Console.Error.WriteLine($"error: {error.Message}");
        }
        var command = parsed.CommandResult.Command;
        Console.Error.WriteLine(command is RootCommand ? "see: mirror --help" : $"see: mirror {command.Name} --help");
        return ExitStatus.WrongUsage;
    }
}
