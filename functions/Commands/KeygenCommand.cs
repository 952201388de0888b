using System.CommandLine;
using System.Text;
using Mirror.Age;
using Mirror.Age.Signatures;

namespace Mirror.Functions.Commands;

/// <summary><c>mirror keygen</c>: the two keys that a partition needs, one for each side.</summary>
internal static class KeygenCommand
{
    public const string IdentityFile = "age.key";
    public const string SigningFile = "signing_ed25519";

    private static readonly Argument<string> Folder = new("DIR")
    {
        Description = "where to write them; existing files are kept",
        DefaultValueFactory = _ => ".",
    };

    public static Command Create()
    {
        var command = new Command("keygen", $"""
            Makes an age identity and an Ed25519 signing key in OpenSSH form, and prints what to write into the configurations.

            {IdentityFile} belongs to the far side, which decrypts; {SigningFile} to the near side, which signs.
            Neither is needed where the other is.

            mirror keygen ./keys
            """)
        {
            Folder,
        };
        command.SetAction((parsed, cancellation) => RunAsync(parsed.GetRequiredValue(Folder), Console.Out, cancellation));
        return command;
    }

    internal static async Task<int> RunAsync(string folder, TextWriter output, CancellationToken cancellation)
    {
        // Checked before the first file is written, since an incomplete set of keys is useless.
        foreach (var file in new[] { IdentityFile, SigningFile,
            $"{SigningFile}.pub" }.Select(name => Path.Combine(folder, name)).Where(File.Exists))
        {
            throw new UsageException($"keygen: {file} already exists: name another folder, or move it away");
        }
        var (identity, signing) = (AgeIdentity.Generate(), SigningKey.Generate("mirror producer"));
        try
        {
            Directory.CreateDirectory(folder);
            await WriteAsync(Path.Combine(folder, IdentityFile), $"# public key: {identity.Recipient}\n{identity.ToText()}\n",
                UnixFileMode.UserRead | UnixFileMode.UserWrite, cancellation);
            await WriteAsync(Path.Combine(folder, SigningFile), signing.ToOpenSsh(), UnixFileMode.UserRead | UnixFileMode.UserWrite,
                cancellation);
            await WriteAsync(Path.Combine(folder, $"{SigningFile}.pub"), $"{signing.VerifyingKey}\n",
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead, cancellation);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"keygen: {failure.Message}", failure);
        }
        await output.WriteAsync($"""
            # near side, for mirror produce
            age:
              recipients: [{identity.Recipient}]
            signing:
              key: file:{Path.Combine(folder, SigningFile)}

            # far side, for mirror consume
            age:
              identities: [file:{Path.Combine(folder, IdentityFile)}]
            signing:
              trusted: ["{signing.VerifyingKey}"]

            """);
        return ExitStatus.Done;
    }

    private static async Task WriteAsync(string path, string text, UnixFileMode mode, CancellationToken cancellation)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }
        await using var file = new FileStream(path, options);
        await file.WriteAsync(Encoding.ASCII.GetBytes(text), cancellation);
    }
}
