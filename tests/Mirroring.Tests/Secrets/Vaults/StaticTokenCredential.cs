using Azure.Core;

namespace Mirror.Mirroring.Tests.Vaults;

/// <summary>An identity that has its token at hand, or cannot get one.</summary>
internal sealed class StaticTokenCredential(Exception? failure = null) : TokenCredential
{
    public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        failure is null ? new AccessToken("token-of-this-machine", DateTimeOffset.MaxValue) : throw failure;

    public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
        ValueTask.FromResult(GetToken(requestContext, cancellationToken));
}
