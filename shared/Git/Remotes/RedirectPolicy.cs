using System.Buffers;

namespace Mirror.Git;

/// <summary>To which hosts a remote's server may redirect us. The redirect decides what is mirrored under this remote's name. It may
/// also lead to a host that only our network reaches.</summary>
public sealed class RedirectPolicy
{
    /// <summary>The host and port of the URL alone.</summary>
    public static readonly RedirectPolicy SameHost = new([]);

    public static readonly RedirectPolicy Any = new(null);

    private readonly IReadOnlyList<RedirectHost>? _hosts;

    private RedirectPolicy(IReadOnlyList<RedirectHost>? hosts) => _hosts = hosts;

    /// <summary>These hosts too, beside the URL's own.</summary>
    public static RedirectPolicy To(IReadOnlyList<RedirectHost> hosts) => new(hosts);

    internal bool Allows(Uri configured, Uri target) =>
        IsSameHost(configured, target) || _hosts is null || _hosts.Any(host => host.Matches(target));

    /// <summary>
    /// Another port is another host: something else may listen there. From http to https on the schemes' own ports is none.
    /// </summary>
    private static bool IsSameHost(Uri configured, Uri target) =>
        string.Equals(configured.IdnHost, target.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (configured.Port == target.Port || (configured.IsDefaultPort && target.IsDefaultPort));

    /// <summary>Whether it is the same server to send a password to.</summary>
    internal static bool IsSameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port
        && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);
}

/// <summary>A host that a redirect may lead to: <c>git.example</c> on the scheme's own port, or <c>git.example:8443</c>.</summary>
public sealed record RedirectHost
{
    private static readonly SearchValues<char> NotInHosts = SearchValues.Create("/\\@?#* ");

    private readonly Uri _place;

    private RedirectHost(Uri place) => _place = place;

    public static RedirectHost Parse(string text) =>
        // A scheme without a port of its own, so that one that is written can be told from one that is not.
        !text.AsSpan().ContainsAny(NotInHosts) && Uri.TryCreate($"host://{text}/", UriKind.Absolute, out var place)
            && place.Host.Length > 0 && place.AbsolutePath == "/"
            ? new RedirectHost(place)
            : throw new FormatException("a host to follow redirects to is a name or a name with a port: git.example, git.example:8443");

    internal bool Matches(Uri target) =>
        string.Equals(_place.IdnHost, target.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (_place.Port < 0 ? target.IsDefaultPort : _place.Port == target.Port);
}
