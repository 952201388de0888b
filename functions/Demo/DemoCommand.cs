using System.CommandLine;
using Mirror.Mirroring;

namespace Mirror.Functions.Demo;

/// <summary><c>mirror demo</c>: both sides of a partition in one folder, without an account or a configuration.</summary>
internal static class DemoCommand
{
    private static readonly Argument<string?> Folder = new("DIR")
    {
        Description = "a new folder to work in [default: one among the temporary files]",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create(SecretReader secrets)
    {
        var command = new Command("demo", """
            Shows the whole loop with no account and no configuration: makes a small repository, produces it to a bucket in a folder,
            consumes it to a target, changes it, does that again, and recovers it by hand with age and git. Leaves the folder to look at.

            mirror demo
            mirror demo ./try
            """)
        {
            Folder,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetValue(Folder), secrets, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(string? folder, SecretReader secrets, CancellationToken cancellation)
    {
        var place = Place(folder);
        return await new DemoStory(place, Console.Out, secrets).TellAsync(cancellation);
    }

    private static string Place(string? folder)
    {
        try
        {
            var place = folder is null
                ? Directory.CreateTempSubdirectory("mirror-demo-").FullName
                : Directory.CreateDirectory(folder).FullName;
            return Directory.EnumerateFileSystemEntries(place).Any() ? throw new UsageException($"demo: {place} is not empty") : place;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"demo: {failure.Message}", failure);
        }
    }
}
