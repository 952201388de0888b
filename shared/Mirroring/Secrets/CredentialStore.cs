using System.Text;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Finds the credential for a URL: from the configuration, else from the netrc file, else none.</summary>
/// <param name="rules">The configuration's credentials. The longest match wins.</param>
/// <param name="netrcPath">The path of a netrc file, which need not exist: <c>~/.netrc</c>, or the value of <c>NETRC</c>.
/// Null for none.</param>
/// <param name="secrets">Resolves the references, and registers every password for redaction.</param>
public sealed class CredentialStore(IReadOnlyList<CredentialRule> rules, string? netrcPath, SecretReader secrets)
{
    private const int MaxNetrcSize = 1024 * 1024;

    /// <summary>Throws <see cref="SecretException"/> if a configured credential cannot be read.</summary>
    /// <param name="refused">The credential that the server has just refused.
    /// It is read again from its source, and may be unchanged.</param>
    public async ValueTask<Credential?> FindAsync(Uri url, Credential? refused, CancellationToken cancellation)
    {
        var rule = CredentialRule.Find(rules, url);
        var credential = rule is null ? await FindInNetrcAsync(url.IdnHost, cancellation)
            : refused is null ? await ResolveAsync(rule, LoginAge.Any, cancellation)
            : await ResolveAnewAsync(rule, url, cancellation);
        if (credential is not null)
        {
            secrets.Register(credential);
        }
        return credential;
    }

    private async ValueTask<Credential> ResolveAnewAsync(CredentialRule rule, Uri url, CancellationToken cancellation)
    {
        try
        {
            return await ResolveAsync(rule, LoginAge.New, cancellation);
        }
        catch (SecretException failure)
        {
            throw new SecretException($"{url.IdnHost} refuses the password, and a new one cannot be read: {failure.Message}",
                failure);
        }
    }

    private async ValueTask<Credential> ResolveAsync(CredentialRule rule, LoginAge age, CancellationToken cancellation)
    {
        // Over http only this kind of login is used.
        var user = (UserPassword)rule.Login;
        return new Credential(user.Username, await secrets.ReadAsync(user.Password, age, cancellation))
        {
            Origin = $"the 'credentials' entry for {rule.Match}",
        };
    }

    private async ValueTask<Credential?> FindInNetrcAsync(string host, CancellationToken cancellation)
    {
        if (netrcPath is null)
        {
            return null;
        }
        try
        {
            var bytes = await BoundedFile.ReadAsync(netrcPath, MaxNetrcSize, cancellation);
            // Not strict, since a password in Latin-1 for one host must not make the others unreadable.
            return Netrc.Parse(Encoding.UTF8.GetString(bytes)).Find(host) is { } found ? found with { Origin = netrcPath } : null;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (FormatException exception)
        {
            throw new SecretException($"{netrcPath}:{exception.Message}");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SecretException($"{netrcPath}: {BoundedFile.Describe(exception)}", exception);
        }
    }
}
