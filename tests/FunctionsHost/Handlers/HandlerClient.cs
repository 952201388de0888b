namespace Mirror.Tests.FunctionsHost.Handlers;

/// <summary>HTTP to the handler. It has no time limit of its own: a call may take as long as functionTimeout lets it.</summary>
internal sealed class HandlerClient(int port) : IDisposable
{
    private readonly HttpMessageInvoker _http = new(
        new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });

    public int Port => port;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation) =>
        _http.SendAsync(request, cancellation);

    public void Dispose() => _http.Dispose();
}
