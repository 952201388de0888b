namespace Mirror.Mirroring;

/// <summary>
/// Where somebody waits to hear that a mirror is well: an https or http URL, or where one is kept. <c>{mirror}</c> in it is the mirror's
/// name. Who knows the URL can say that all is well when it is not, so it is redacted like a secret wherever it stands.
/// </summary>
public sealed record PingUrl
{
    private const string Placeholder = "{mirror}";

    private const string HowToWrite =
        "an https or http URL, none, or where one is kept: env:NAME, file:PATH or keyvault:https://VAULT/secrets/NAME";

    // Shorter words of a path, and those without a digit, stand in other texts too: api, heartbeat, the name of a project.
    private const int MinTokenSize = 16;

    private readonly string? _text;
    private readonly SecretReference? _reference;

    private PingUrl(string? text, SecretReference? reference) => (_text, _reference) = (text, reference);

    /// <summary>Where it is kept; null where it is written out.</summary>
    internal SecretReference? Reference => _reference;

    /// <summary>Null for nobody. The errors do not quote.</summary>
    internal static PingUrl? Parse(string text, string directory) => text.Split(':', 2)[0] switch
    {
        "none" => null,
        "env" or "file" or "keyvault" => new PingUrl(text: null, SecretReference.Parse(text, directory)),
        _ when Fault(text) is { } fault => throw new FormatException(fault),
        _ => new PingUrl(text, reference: null),
    };

    /// <summary>The URL for a mirror; <see cref="SecretException"/> where it cannot be had, or is none.</summary>
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

    /// <summary>Has what is written out here redacted from now on. What is kept elsewhere is when it is read.</summary>
    /// <param name="names">Whose it may be: names of mirrors may be in the URL, and are no secrets.</param>
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

    /// <summary>What stands before and after the mirror's name, with the host where
    /// there is more than it, and what looks like a key by itself.</summary>
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

    /// <summary>What follows the host and its slash.</summary>
    private static string Rest(string url)
    {
        var host = url.IndexOf("//", StringComparison.Ordinal) + "//".Length;
        var end = url.AsSpan(host).IndexOfAny('/', '?');
        return end < 0 ? "" : url[(host + end + 1)..];
    }

    public override string ToString() => _reference?.ToString() ?? "***";
}
