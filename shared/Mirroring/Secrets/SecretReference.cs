namespace Mirror.Mirroring;

public enum SecretKind
{
    Environment,
    File,
    KeyVault,
}

/// <summary>A reference to a secret, never the secret itself: <c>env:NAME</c>, <c>file:PATH</c> or
/// <c>keyvault:https://…/secrets/NAME[/VERSION]</c>.</summary>
public sealed record SecretReference
{
    private const string HowToWrite = "env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME";

    private SecretReference(SecretKind kind, string target, string text)
    {
        Kind = kind;
        Target = target;
        Text = text;
    }

    public SecretKind Kind { get; }

    /// <summary>The variable's name, the file's absolute path or the secret's URL.</summary>
    public string Target { get; }

    /// <summary>The reference as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a reference; a relative path is relative to <paramref name="directory"/>.</summary>
    /// <remarks>The errors do not quote, since a text that is not a reference is most likely the secret.</remarks>
    public static SecretReference Parse(string text, string directory)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var target = text[(colon + 1)..];
        return (colon < 0 ? "" : text[..colon]) switch
        {
            "env" => new SecretReference(SecretKind.Environment, Variable(target), text),
            "file" => new SecretReference(SecretKind.File, FilePath(target, directory), text),
            "keyvault" => new SecretReference(SecretKind.KeyVault, Vault(target), text),
            _ => throw new FormatException($"a secret is not written here, only where it is: {HowToWrite}"),
        };
    }

    private static string Variable(string name) => name.Length > 0 && !name.Any(c => c == '=' || char.IsWhiteSpace(c) || char.IsControl(c))
        ? name
        : throw new FormatException("after 'env:' comes the name of an environment variable");

    private static string FilePath(string path, string directory) => path.Length > 0 && !path.Contains('\0', StringComparison.Ordinal)
        ? Path.GetFullPath(path, directory)
        : throw new FormatException("after 'file:' comes a path");

    private static string Vault(string url)
    {
        var valid = Uri.TryCreate(url, UriKind.Absolute, out var uri)
            && uri.Scheme == Uri.UriSchemeHttps && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            && uri.Segments is ["/", "secrets/", _] or ["/", "secrets/", _, _]
            && uri.Segments[2..].All(segment => IsVaultWord(segment.TrimEnd('/')));
        return valid ? url : throw new FormatException("a key vault reference is keyvault:https://VAULT/secrets/NAME or …/NAME/VERSION");
    }

    private static bool IsVaultWord(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    public override string ToString() => Text;
}
