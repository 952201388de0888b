using System.Text;

namespace Mirror.Mirroring;

/// <summary>Reads <c>mirror.yaml</c>, or what stands in its place, strictly: what it does
/// not know it refuses, all errors at once, each where it stands.</summary>
public static class ConfigurationFile
{
    /// <summary>About 20,000 mirrors. What is larger is a wrong file, and must not be held in memory to find that out.</summary>
    public const int MaxSize = 4 * 1024 * 1024;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <param name="path">The file; relative paths in it are relative to its directory.</param>
    /// <param name="environment">Where base URLs come from that the file does not give; null for nowhere.</param>
    public static Task<MirrorConfiguration> ReadAsync(
        string path, Func<string, string?>? environment, CancellationToken cancellation) =>
        ReadAsync(path, environment, ConfigurationNeeds.None, cancellation);

    /// <param name="needs">What is an error where neither the file nor the environment says it.</param>
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

    /// <summary>Reads what is no file.</summary>
    /// <param name="name">What errors call it.</param>
    /// <param name="directory">What relative paths in it are relative to.</param>
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
