using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Mirror.Tests.Servers;

/// <summary>An authority and a certificate for the loopback that it signed, valid for a day.</summary>
internal sealed record ThrowawayCertificate(string AuthorityFile, string CertificateFile, string KeyFile)
{
    public static ThrowawayCertificate Create(string folder)
    {
        // An hour ago: the clocks of containers and their hosts are not always one.
        var from = DateTimeOffset.UtcNow.AddHours(-1);
        var until = from.AddDays(1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mirror tests authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForCertificateAuthority());
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        using var authority = request.CreateSelfSigned(from, until);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = RequestFor(key, authority).Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        return new ThrowawayCertificate(
            Write(folder, "authority.pem", authority.ExportCertificatePem()),
            Write(folder, "server.pem", certificate.ExportCertificatePem()),
            Write(folder, "server.key", key.ExportPkcs8PrivateKeyPem()));
    }

    private static CertificateRequest RequestFor(ECDsa key, X509Certificate2 authority)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        // For the fake vault behind a proxy: clients send tokens to Azure's own names alone.
        names.AddDnsName("*.vault.azure.net");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(X509BasicConstraintsExtension.CreateForEndEntity());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(
            authority, includeKeyIdentifier: true, includeIssuerAndSerial: false));
        return request;
    }

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
