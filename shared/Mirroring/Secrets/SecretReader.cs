using System.Text;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Resolves secret references, and takes what it has handed out back out of any text. Safe from many threads.</summary>
/// <remarks>Files and variables are not kept: one that changes is seen the next
/// time it is asked for. A vault's secrets are, for a while.</remarks>
public sealed class SecretReader
{
    /// <summary>A private key has a few thousand bytes, and a file of many age identities a few dozen thousand.</summary>
    internal const int MaxSize = 64 * 1024;

    /// <summary>GitLab's tokens, the shortest there are, have 20 characters after their prefix; few user names have as many.</summary>
    private const int MinTokenSize = 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly Redaction _redaction = new();
    private readonly Func<string, string?> _environment;

    // Azure's libraries are large: a run without a vault loads none of them.
    private readonly Lazy<VaultSecrets> _vaults;

    /// <summary>Asks vaults as who this machine is. What they say is kept here: composition makes one reader for the process, so that it
    /// outlives a run, where there are many.</summary>
    public SecretReader(Func<string, string?> environment) : this(environment, new Lazy<VaultSecrets>(
        () => new VaultSecrets(MachineIdentity.Create(), VaultAccess.Options(), TimeProvider.System)))
    {
    }

    internal SecretReader(Func<string, string?> environment, Lazy<VaultSecrets> vaults)
    {
        _environment = environment;
        _vaults = vaults;
    }

    /// <summary>Throws <see cref="SecretException"/> where it cannot be had.
    /// <see cref="LoginAge.New"/> is for who was refused with the last one.</summary>
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

    /// <summary>A variable that may hold a URL with a password: that is redacted from then on, whatever becomes of the rest.</summary>
    public string? ReadVariable(string name)
    {
        var value = _environment(name);
        if (value?.Contains("://", StringComparison.Ordinal) == true)
        {
            RegisterUserInfo(value);
        }
        return value;
    }

    /// <summary>Also redacts a secret that came from elsewhere.</summary>
    public void Register(string value) => _redaction.Add(value);

    /// <summary>Also redacts a credential that came from elsewhere, and the form that HTTP sends it in.</summary>
    public void Register(Git.Credential credential)
    {
        _redaction.Add(credential.Password);
        // Some put the token where the user name goes: GitHub's TOKEN:x-oauth-basic, or https://TOKEN@host.
        if (credential.Password.Length == 0 || credential.Username.Length >= MinTokenSize)
        {
            _redaction.Add(credential.Username);
        }
        _redaction.Add(Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}")));
    }

    /// <summary>Redacts what may be a password in a URL that somebody gave, also where it is no valid URL.</summary>
    public void RegisterUserInfo(string text)
    {
        foreach (var credential in UserInfo.In(text))
        {
            Register(credential);
        }
    }

    /// <summary>Reads a remote's URL whose password, if it has one, is redacted from then on; a relative path is relative
    /// to <paramref name="directory"/>.</summary>
    public Git.RemoteUrl ParseRemote(string text, string directory)
    {
        RegisterUserInfo(text);
        return Git.RemoteUrl.Parse(text, directory);
    }

    /// <summary>Redacts the passwords in the addresses of proxies, and in any other variable that holds a URL. What has
    /// only a user is no secret there, unless it is as long as a token.</summary>
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

    /// <summary>Whether a secret known so far is in the text, in any of its forms.</summary>
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

    /// <summary>Without one line's end, which editors and echo add, and az keyvault takes from
    /// files with the rest. A password may end in white space of its own.</summary>
    private static string WithoutLineEnd(string text) =>
        text.EndsWith("\r\n", StringComparison.Ordinal) ? text[..^2]
        : text.EndsWith('\n') ? text[..^1]
        : text;
}
