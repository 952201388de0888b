namespace Mirror.Mirroring;

/// <summary>
/// The URL to ping when a mirror is healthy: an https or http URL, or a reference to one. <c>{mirror}</c> in it is replaced with the
/// mirror's name. Anyone who knows the URL can report a mirror as healthy, so it is redacted like a secret.
/// </summary>
public sealed record PingUrl
{
    private const string Placeholder = "{mirror}";

    private const string HowToWrite =
        "an https or http URL, none, or where one is kept: env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME";

    // Shorter words of a path, and words without a digit, occur in other texts too: api, heartbeat, the name of a project.
    private const int MinTokenSize = 16;

    private readonly string? _text;
    private readonly SecretReference? _reference;

    private PingUrl(string? text, SecretReference? reference) => (_text, _reference) = (text, reference);

    /// <summary>The reference; null if the URL itself is in the file.</summary>
    internal SecretReference? Reference => _reference;

    /// <summary>Null for no ping. The errors do not quote.</summary>
    internal static PingUrl? Parse(string text, string directory) => text.Split(':', 2)[0] switch
    {
        "none" => null,
        "env" or "file" or "keyvault" => new PingUrl(text: null, SecretReference.Parse(text, directory)),
        _ when Fault(text) is { } fault => throw new FormatException(fault),
        _ => new PingUrl(text, reference: null),
    };

    /// <summary>The URL for a mirror. <see cref="SecretException"/> if it cannot be read or is not valid.</summary>
    public async ValueTask<Uri> ResolveAsync(string mirror, SecretReader secrets, CancellationToken cancellation)
    {
        var text = _text ?? await secrets.ReadAsync(_reference!, Storage.LoginAge.Any, cancellation);
        if (Fault(text) is { } fault)
        {
            throw new SecretException($"{_reference}: {fault}");
        }
        Register(text, mirror, secrets);
        return new Uri(text.Replace(Placeholder, Uri.EscapeDataString(mirror), StringComparison.Ordinal));
    }

    /// <summary>Registers a URL in the file for redaction. A referenced URL is registered when it is read.</summary>
    /// <param name="names">The names of the mirrors that use it. They may be part of the URL, and are not secret.</param>
    public void RegisterWith(SecretReader secrets, string names)
    {
        if (_text is not null)
        {
            Register(_text, names, secrets);
        }
    }

    private static string? Fault(string text) =>
        !Uri.TryCreate(text.Replace(Placeholder, "x", StringComparison.Ordinal), UriKind.Absolute, out var url)
            || (url.Scheme != Uri.UriSchemeHttps && url.Scheme != Uri.UriSchemeHttp) || text.Any(char.IsWhiteSpace)
            ? $"must be {HowToWrite}"
        : url.UserInfo.Length > 0
            ? "the URL has a user name or password in it: give the whole URL by a reference such as env:NAME, without them"
        : url.Fragment.Length > 0 ? "the URL has a fragment, which is never sent"
        : text.IndexOf(Placeholder, StringComparison.Ordinal) is >= 0 and var at && at < text.Length - Rest(text).Length
            ? $"{Placeholder} has no place in the name of a host"
        : null;

    /// <summary>Registers the text before and after the mirror's name, with the host if there is more than the host, and any part that
    /// looks like a key.</summary>
    private static void Register(string text, string names, SecretReader secrets)
    {
        var rest = Rest(text);
        if (rest.Trim('/').Length == 0)
        {
            return;
        }
        var around = text.Split(Placeholder);
        foreach (var part in around.Where((part, i) => i == 0 ? part.Length > text.Length - rest.Length : part.Length >= MinTokenSize)
            .Concat(rest.Split('/', '?', '&', '=').Where(part => IsKey(part) && !names.Contains(part, StringComparison.OrdinalIgnoreCase))))
        {
            secrets.Register(part);
        }
    }

    private static bool IsKey(string part) =>
        part.Length >= MinTokenSize && part.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_')
            && part.Any(char.IsAsciiDigit);

    /// <summary>The text after the host and its slash.</summary>
    private static string Rest(string url)
    {
        var host = url.IndexOf("//", StringComparison.Ordinal) + "//".Length;
        var end = url.AsSpan(host).IndexOfAny('/', '?');
        return end < 0 ? "" : url[(host + end + 1)..];
    }

    public override string ToString() => _reference?.ToString() ?? "***";
}
