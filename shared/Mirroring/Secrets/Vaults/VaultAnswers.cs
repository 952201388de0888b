namespace Mirror.Mirroring;

/// <summary>Reads a whole answer up to a limit. The SDK would read one of any size.</summary>
internal sealed class VaultAnswers(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>Room for the largest accepted secret with each byte as JSON's <c>\u0000</c>,
    /// and as much again for its properties.</summary>
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
