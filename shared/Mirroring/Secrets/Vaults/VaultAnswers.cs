namespace Mirror.Mirroring;

/// <summary>Takes an answer whole, as far as it may be a secret's: the SDK would hold one of any size.</summary>
internal sealed class VaultAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Of the largest secret that is taken, each byte as JSON's
    /// <c>\u0000</c>, and as much again for what is said about it.</summary>
    internal const int MaxSize = 2 * 6 * SecretReader.MaxSize;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        try
        {
            await response.Content.LoadIntoBufferAsync(MaxSize, cancellationToken);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }
}
