using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Mirror.Tests.Servers;

/// <summary>An Azure Key Vault as its clients see it: https, a challenge for who comes without a token, and secrets as JSON.</summary>
public sealed class FakeVault : IAsyncDisposable
{
    private const string AzureChallenge =
        "WWW-Authenticate: Bearer authorization=\"https://login.microsoftonline.com/tenant\", resource=\"https://vault.azure.net\"";

    private readonly ConcurrentQueue<FakeRequest> _requests = new();
    private readonly ThrowawayCertificate _files = ThrowawayCertificate.Create(Scratch.NewFolder("vault"));
    private readonly X509Certificate2 _certificate;
    private readonly LoopbackListener _direct;
    private readonly LoopbackListener _proxy;

    public FakeVault()
    {
        _certificate = X509Certificate2.CreateFromPemFile(_files.CertificateFile, _files.KeyFile);
        _direct = new LoopbackListener(ServeAsync);
        _proxy = new LoopbackListener(TunnelAsync);
    }

    /// <summary>Values by <c>NAME</c>, or <c>NAME/VERSION</c>.</summary>
    public ConcurrentDictionary<string, string> Secrets { get; } = [];

    /// <summary>What it does with who has a token, in the place of answering.</summary>
    public FakeHandler? Instead { get; set; }

    /// <summary>The header for who has none.</summary>
    public string Challenge { get; init; } = AzureChallenge;

    public string Url => $"https://127.0.0.1:{_direct.Port}";

    /// <summary>An HTTP proxy that takes every host for this vault, such as <c>https://test.vault.azure.net</c>.</summary>
    public string ProxyUrl => $"http://127.0.0.1:{_proxy.Port}";

    public string AuthorityFile => _files.AuthorityFile;

    /// <summary>The requests with a token, oldest first.</summary>
    public IReadOnlyList<FakeRequest> Reads => [.. _requests.Where(request => request.Headers.ContainsKey("Authorization"))];

    /// <summary>Those without, which were sent away.</summary>
    public IReadOnlyList<FakeRequest> Strangers => [.. _requests.Where(request => !request.Headers.ContainsKey("Authorization"))];

    private async Task TunnelAsync(Socket socket, CancellationToken cancellation)
    {
        // Read a byte at a time, so that nothing of what follows is taken: no buffer here.
        await using var stream = new NetworkStream(socket, ownsSocket: false);
        _ = await FakeRequest.ReadAsync(stream, socket, cancellation);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), cancellation);
        await ServeAsync(socket, cancellation);
    }

    private async Task ServeAsync(Socket socket, CancellationToken cancellation)
    {
        await using var stream = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await stream.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, cancellation);
        await using var input = new BufferedStream(stream);
        while (stream.CanRead && await FakeRequest.ReadAsync(input, socket, cancellation) is { } request)
        {
            _requests.Enqueue(request);
            var isKnown = request.Headers.ContainsKey("Authorization");
            await (isKnown ? Instead ?? AnswerAsync : FakeAnswer.Status(401, Challenge))(request, stream, cancellation);
        }
    }

    private async Task AnswerAsync(FakeRequest request, Stream stream, CancellationToken cancellation)
    {
        var id = request.Target.Split('?')[0]["/secrets/".Length..].TrimEnd('/');
        var answer = Secrets.TryGetValue(id, out var value)
            ? Json(200, new JsonObject
            {
                ["value"] = value,
                ["id"] = $"{Url}/secrets/{id}",
                ["attributes"] = new JsonObject { ["enabled"] = true, ["created"] = 1 },
            })
            : Error(404, "SecretNotFound");
        await stream.WriteAsync(answer, cancellation);
    }

    /// <summary>A failure as vaults say it; the inner code says which Forbidden it is.</summary>
    public static byte[] Error(int status, string code, string? inner = null, params ReadOnlySpan<string> headers)
    {
        var error = new JsonObject { ["code"] = code, ["message"] = "Caller is not authorized.\r\nCaller: appid=1;oid=2\r\n" };
        if (inner is not null)
        {
            error["innererror"] = new JsonObject { ["code"] = inner };
        }
        return Json(status, new JsonObject { ["error"] = error }, headers);
    }

    private static byte[] Json(int status, JsonObject body, params ReadOnlySpan<string> headers) =>
        FakeAnswer.Bytes(status, "application/json; charset=utf-8", Encoding.UTF8.GetBytes(body.ToJsonString()), headers);

    public async ValueTask DisposeAsync()
    {
        await _direct.DisposeAsync();
        await _proxy.DisposeAsync();
        _certificate.Dispose();
    }
}
