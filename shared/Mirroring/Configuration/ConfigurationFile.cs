using System.Text;

namespace Mirror.Mirroring;

/// <summary>Reads <c>mirror.yaml</c> or a replacement for it, strictly. Unknown keys are errors, and all errors are reported at once,
/// each with its line.</summary>
public static class ConfigurationFile
{
    /// <summary>About 20,000 mirrors. A larger file is the wrong file, and must not be read into memory.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file; relative paths in it are relative to its directory.</param>
    /// <param name="environment">Gives base URLs that the file does not have; null for none.</param>
    public static Task<MirrorConfiguration> ReadAsync(
        string path, Func<string, string?>? environment, CancellationToken cancellation) =>
        ReadAsync(path, environment, ConfigurationNeeds.None, cancellation);

    /// <param name="needs">Keys that the file or the environment must have.</param>
    public static async Task<MirrorConfiguration> ReadAsync(
        string path, Func<string, string?>? environment, ConfigurationNeeds needs, CancellationToken cancellation)
    {
        try
        {
            var bytes = await BoundedFile.ReadAsync(path, MaxSize, cancellation);
            return Parse(bytes, Context(path, DirectoryOf(path), environment) with { Needs = needs });
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException([new ConfigurationError(path, 0, 0, BoundedFile.Describe(exception))], exception);
        }
    }

    internal static MirrorConfiguration Parse(ReadOnlySpan<byte> utf8, string path, Func<string, string?>? environment) =>
        Parse(utf8, path, DirectoryOf(path), environment);

    /// <summary>Reads a configuration that is not in a file.</summary>
    /// <param name="name">The configuration's name in errors.</param>
    /// <param name="directory">The directory for relative paths.</param>
    public static MirrorConfiguration Parse(ReadOnlySpan<byte> utf8, string name, string directory, Func<string, string?>? environment) =>
        Parse(utf8, Context(name, directory, environment));

    public static MirrorConfiguration Parse(ReadOnlySpan<byte> utf8, ConfigurationContext context)
    {
        var errors = new ErrorList(context.Name);
        if (utf8.Length > MaxSize)
        {
            throw errors.Fatal(Position.None, $"larger than {MaxSize} bytes");
        }
        var root = YamlTree.Parse(Decode(utf8, errors), errors);
        var configuration = new ConfigurationReader(context, errors).Read(root);
        errors.ThrowIfAny(configuration);
        return configuration;
    }

    private static string DirectoryOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";

    private static ConfigurationContext Context(string name, string directory, Func<string, string?>? environment) =>
        new(name, directory) { Environment = environment ?? (_ => null) };

    private static string Decode(ReadOnlySpan<byte> utf8, ErrorList errors)
    {
        try
        {
            var mark = Encoding.UTF8.Preamble;
            return StrictUtf8.GetString(utf8.StartsWith(mark) ? utf8[mark.Length..] : utf8);
        }
        catch (DecoderFallbackException)
        {
            throw errors.Fatal(Position.None, "not UTF-8");
        }
    }
}
