using System.Net.Security;
using System.Security.Authentication;

namespace Mirror.Git.Transport;

/// <summary>The next action for a status or a certificate error, where more is known than the status: which credential was sent, and
/// where it comes from.</summary>
internal static class HttpAdvice
{
    /// <param name="place">The URL that was asked.</param>
    /// <param name="sent">The credential of the request; null for none.</param>
    /// <param name="configured">The configured URL, which may have redirected to <paramref name="place"/>.</param>
    public static string? OfStatus(int status, Uri place, Credential? sent, Uri configured) => status switch
    {
        401 when sent is null && !RedirectPolicy.IsSameOrigin(place, configured) =>
            $"a redirect led to {Origin(place)}, and no password goes with one: write that URL in the place of the old one",
        401 when sent is null =>
            $"no password was sent: no 'credentials' entry matches {configured}, and netrc has none for {configured.IdnHost}: "
            + $"add an entry with match: {Origin(configured)}/, or a line to ~/.netrc",
        401 => $"{Origin(place)} does not take {Who(sent)}: is the password right, and has the token not expired?",
        403 when sent is not null =>
            $"{Origin(place)} knows {Who(sent)}, who lacks the permission: check the rights of the account and the scopes of the token",
        413 => "the server, or a proxy before it, limits the size of a request: raise that limit (nginx: client_max_body_size, "
            + "Apache: LimitRequestBody)",
        _ => null,
    };

    /// <param name="failure">The failed handshake.</param>
    /// <param name="authorities">The file of <c>GIT_SSL_CAINFO</c>; null where the system's authorities are trusted.</param>
    public static string? OfCertificate(Exception failure, string? authorities)
    {
        if (failure.GetBaseException() is not AuthenticationException wrong)
        {
            return null;
        }
        // The runtime names the cause only in the message: names of SslPolicyErrors and X509ChainStatusFlags, which are not translated.
        return Has(wrong, nameof(SslPolicyErrors.RemoteCertificateNameMismatch))
                ? "the certificate is for another host name: use a name that it contains, or issue a new one"
            : Has(wrong, "NotTimeValid")
                ? "the certificate has expired, or is not valid yet: renew it at the server, or set this machine's clock"
            : !Has(wrong, "UntrustedRoot") && !Has(wrong, "PartialChain") ? null
            : authorities is null
                ? "no authority that this machine trusts has signed the certificate: set GIT_SSL_CAINFO to a PEM file with the certificate "
                    + "of the authority that has"
            : $"no authority in '{authorities}' (GIT_SSL_CAINFO) has signed the certificate: add the certificate of the one that has "
                + "to that file";
    }

    private static bool Has(Exception failure, string word) => failure.Message.Contains(word, StringComparison.Ordinal);

    private static string Who(Credential sent) => $"the user '{sent.Username}' of {sent.Origin ?? "the credentials that were given"}";

    private static string Origin(Uri url) => url.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped);
}
