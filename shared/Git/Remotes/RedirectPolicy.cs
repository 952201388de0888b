using System.Buffers;

namespace Mirror.Git;

/// <summary>The hosts that a remote's server may redirect to. The redirect decides what is mirrored under this remote's name, and it may
/// lead to a host that only our network can reach.</summary>
public sealed class RedirectPolicy
{
    /// <summary>Only the host and port of the URL.</summary>
    public static readonly RedirectPolicy SameHost = new([]);

    public static readonly RedirectPolicy Any = new(null);

    private readonly IReadOnlyList<RedirectHost>? _hosts;

    private RedirectPolicy(IReadOnlyList<RedirectHost>? hosts) => _hosts = hosts;

    /// <summary>These hosts, and the URL's own.</summary>
    public static RedirectPolicy To(IReadOnlyList<RedirectHost> hosts) => new(hosts);

    internal bool Allows(Uri configured, Uri target) =>
        IsSameHost(configured, target) || _hosts is null || _hosts.Any(host => host.Matches(target));

    /// <summary>
    /// Another port counts as another host, since another program may listen there.
    /// An exception is the step from http to https on their default ports.
    /// </summary>
    private static bool IsSameHost(Uri configured, Uri target) =>
        string.Equals(configured.IdnHost, target.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (configured.Port == target.Port || (configured.IsDefaultPort && target.IsDefaultPort));

    /// <summary>Whether a password for one URL may be sent to the other.</summary>
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
        // The scheme has no default port, so an explicit port can be told from a missing one.
        !text.AsSpan().ContainsAny(NotInHosts) && Uri.TryCreate($"host://{text}/", UriKind.Absolute, out var place)
            && place.Host.Length > 0 && place.AbsolutePath == "/"
            ? new RedirectHost(place)
            : throw new FormatException("a host to follow redirects to is a name or a name with a port: git.example, git.example:8443");

    internal bool Matches(Uri target) =>
        string.Equals(_place.IdnHost, target.IdnHost, StringComparison.OrdinalIgnoreCase)
        && (_place.Port < 0 ? target.IsDefaultPort : _place.Port == target.Port);
}
