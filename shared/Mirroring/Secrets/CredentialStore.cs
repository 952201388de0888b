using System.Text;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring;

/// <summary>Who to be at a URL: as the configuration says, else as the netrc file says, else nobody.</summary>
/// <param name="rules">The configuration's credentials; the longest that matches wins.</param>
/// <param name="netrcPath">A netrc file, which need not exist: <c>~/.netrc</c>, or what <c>NETRC</c> says. Null for none.</param>
/// <param name="secrets">Resolves the references, and is told of every password found.</param>
public sealed class CredentialStore(IReadOnlyList<CredentialRule> rules, string? netrcPath, SecretReader secrets)
{
    private const int MaxNetrcSize = 1024 * 1024;

    /// <summary>Throws <see cref="SecretException"/> where a credential is meant to be there and cannot be had.</summary>
    /// <param name="refused">The one that the server has just refused: it is read
    /// anew where it comes from, and may be the same again.</param>
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
            throw new SecretException($"{url.IdnHost} refuses the password of before, and it cannot be had anew: {failure.Message}",
                failure);
        }
    }

    private async ValueTask<Credential> ResolveAsync(CredentialRule rule, LoginAge age, CancellationToken cancellation)
    {
        // No other login is read for http.
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
            // Not strict: a password in Latin-1 for one host must not cost us all the others.
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
