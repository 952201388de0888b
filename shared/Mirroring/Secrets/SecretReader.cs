using System.Text;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Resolves secret references, and redacts the resolved secrets in any text. Safe for many threads.</summary>
/// <remarks>Files and variables are read each time, so a change takes effect at once.
/// Secrets of a vault are cached for a while.</remarks>
public sealed class SecretReader
{
    /// <summary>A private key has a few thousand bytes, and a file of many age identities a few tens of thousands.</summary>
    internal const int MaxSize = 64 * 1024;

    /// <summary>GitLab's tokens, the shortest, have 20 characters after their prefix; few user names are that long.</summary>
    private const int MinTokenSize = 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Redaction _redaction = new();
    private readonly Func<string, string?> _environment;

    // Azure's libraries are large, so a run without a vault loads none of them.
    private readonly Lazy<VaultSecrets> _vaults;

    /// <summary>Asks vaults with the machine's identity. Their values are cached here. A process has only one reader, so that the cache
    /// outlives a run.</summary>
    public SecretReader(Func<string, string?> environment) : this(environment, new Lazy<VaultSecrets>(
        () => new VaultSecrets(MachineIdentity.Create(), VaultAccess.Options(), TimeProvider.System)))
    {
    }

    internal SecretReader(Func<string, string?> environment, Lazy<VaultSecrets> vaults)
    {
        _environment = environment;
        _vaults = vaults;
    }

    /// <summary>Reads a secret. Throws <see cref="SecretException"/> if it cannot be read. Use <see cref="LoginAge.New"/> after the last
    /// value was refused.</summary>
    public async ValueTask<string> ReadAsync(SecretReference reference, LoginAge age, CancellationToken cancellation)
    {
        var value = reference.Kind switch
        {
            SecretKind.Environment => _environment(reference.Target) ?? throw new SecretException($"{reference}: the variable is not set"),
            SecretKind.File => await ReadFileAsync(reference, cancellation),
            _ => WithoutLineEnd(await _vaults.Value.ReadAsync(reference, age, cancellation)),
        };
        if (value.Length == 0)
        {
            throw new SecretException($"{reference}: is empty");
        }
        Register(value);
        return value;
    }

    /// <summary>Reads a variable that may hold a URL with a password.
    /// The password is redacted from then on, even if the value is not valid.</summary>
    public string? ReadVariable(string name)
    {
        var value = _environment(name);
        if (value?.Contains("://", StringComparison.Ordinal) == true)
        {
            RegisterUserInfo(value);
        }
        return value;
    }

    /// <summary>Also redacts a secret that was not read here.</summary>
    public void Register(string value) => _redaction.Add(value);

    /// <summary>Also redacts a credential that was not read here, and its form in HTTP headers.</summary>
    public void Register(Git.Credential credential)
    {
        _redaction.Add(credential.Password);
        // Some users put the token in place of the user name: GitHub's TOKEN:x-oauth-basic, or https://TOKEN@host.
        if (credential.Password.Length == 0 || credential.Username.Length >= MinTokenSize)
        {
            _redaction.Add(credential.Username);
        }
        _redaction.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}")));
    }

    /// <summary>Redacts what may be a password in a text given as a URL, even if it is not a valid URL.</summary>
    public void RegisterUserInfo(string text)
    {
        foreach (var credential in UserInfo.In(text))
        {
            Register(credential);
        }
    }

    /// <summary>Reads a remote's URL, and redacts its password from then on. A relative path is relative to
    /// <paramref name="directory"/>.</summary>
    public Git.RemoteUrl ParseRemote(string text, string directory)
    {
        RegisterUserInfo(text);
        return Git.RemoteUrl.Parse(text, directory);
    }

    /// <summary>Redacts passwords in the addresses of proxies and in all other variables with a URL. A user alone is not secret there,
    /// unless it is as long as a token.</summary>
    public void RegisterVariables(IEnumerable<KeyValuePair<string, string>> environment)
    {
        foreach (var (name, value) in environment)
        {
            // A proxy needs no scheme: user:password@host:3128.
            if (value.Contains("://", StringComparison.Ordinal) || name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase))
            {
                var found = UserInfo.In(value);
                foreach (var credential in found.Where(each => each.Password.Length > 0 || each.Username.Length >= MinTokenSize))
                {
                    Register(credential);
                }
            }
        }
    }

    /// <summary>The text with <c>***</c> for every secret known so far.</summary>
    public string Redact(string text) => _redaction.Apply(text);

    /// <summary>Whether the text has a known secret in it, in any of its forms.</summary>
    public bool HoldsSecret(string text) => _redaction.IsIn(text);

    private static async ValueTask<string> ReadFileAsync(SecretReference reference, CancellationToken cancellation)
    {
        try
        {
            var text = StrictUtf8.GetString(await BoundedFile.ReadAsync(reference.Target, MaxSize, cancellation));
            return WithoutLineEnd(text.TrimStart('\uFEFF'));
        }
        catch (DecoderFallbackException)
        {
            throw new SecretException($"{reference}: is not UTF-8 text");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretException($"{reference}: {BoundedFile.Describe(exception)} at {Quoted.Value(reference.Target)}", exception);
        }
    }

    /// <summary>Without one line end at the end: editors and echo add it, and az keyvault stores it when it reads a file. Other white
    /// space may be part of a password.</summary>
    private static string WithoutLineEnd(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
        : text.EndsWith('\n') ? text[..^1]
        : text;
}
