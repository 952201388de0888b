using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Mirror.Git.Protocol;

namespace Mirror.Git.Transport;

/// <summary>A service over smart HTTP, gitprotocol-http(5): a GET opens it, and each request is an independent POST.</summary>
internal sealed class HttpConnection(RemoteUrl url, GitService service, RemoteSettings settings) : IServiceConnection
{
    // git's own limit in http.c. More redirects than this are a loop.
    private const int MaxRedirects = 20;

    // The longest part of an address to show in an error, since a server chose the address.
    private const int MaxShownSize = 200;

    private Uri _base = url.Http!;
    private Credential? _credential;
    private bool _asked;
    private bool _askedAnew;
    private HttpResponseMessage? _response;
    private WaitLimitedStream? _answer;
    private Exception? _failure;

    public bool IsStateless => true;

    public async Task<PktReader> OpenAsync(CancellationToken cancellation)
    {
        for (var redirects = 0; ; redirects++)
        {
            var response = await SendAsync(() => Opening(), settings.Silence, cancellation);
            if (response.Headers.Location is not { } location || !IsRedirect(response.StatusCode))
            {
                HttpFailure.ThrowUnlessGit(response, $"application/x-{service.Command()}-advertisement", Advise);
                return await ReaderAsync(response, settings.Silence, cancellation);
            }
            if (redirects == MaxRedirects)
            {
                throw new GitProtocolException(RemoteFailure.NotGit, $"more than {MaxRedirects} redirects");
            }
            Follow(location);
        }
    }

    public async Task<PktReader> SendAsync(IEnumerable<ReadOnlyMemory<byte>> request, CancellationToken cancellation)
    {
        var body = await RequestBody.OfAsync(request, cancellation);
        var response = await SendAsync(() => Post(body.ToContent()), settings.Silence, cancellation);
        HttpFailure.ThrowUnlessGit(response, $"application/x-{service.Command()}-result", Advise);
        return await ReaderAsync(response, settings.Silence, cancellation);
    }

    public async Task<PktReader> StreamAsync(Func<Stream, CancellationToken, Task> write, CancellationToken cancellation)
    {
        // The body cannot be sent twice, so a 401 here is final. It is unlikely, since the opening was authorized.
        using var wait = new WaitLimit(settings.Silence, settings.Time, cancellation);
        var content = new PushContent(write, wait, settings);
        HttpResponseMessage response;
        try
        {
            response = await SendOnceAsync(Post(content), wait);
        }
        catch (Exception) when (content.Failure is not null)
        {
            _failure = content.Failure;
            throw GitProtocolException.Truncated("inside the request");
        }
        HttpFailure.ThrowUnlessGit(response, $"application/x-{service.Command()}-result", Advise);
        return await ReaderAsync(response, settings.ReportSilence, cancellation);
    }

    public ValueTask<Exception> ExplainAsync(GitProtocolException failure) => ValueTask.FromResult(_failure ?? failure);

    public ValueTask DisposeAsync() => CloseAnswerAsync();

    private HttpRequestMessage Opening() => new(HttpMethod.Get, Address($"info/refs?service={service.Command()}"))
    {
        Headers = { CacheControl = new CacheControlHeaderValue { NoCache = true } },
    };

    private HttpRequestMessage Post(HttpContent content)
    {
        // git http-backend answers 415 to any other type.
        content.Headers.ContentType = new MediaTypeHeaderValue($"application/x-{service.Command()}-request");
        return new HttpRequestMessage(HttpMethod.Post, Address(service.Command()))
        {
            Content = content,
            Headers = { Accept = { new MediaTypeWithQualityHeaderValue($"application/x-{service.Command()}-result") } },
        };
    }

    private Uri Address(string relative) => new($"{_base.AbsoluteUri.TrimEnd('/')}/{relative}");

    /// <summary>Sends a request that can be made again.
    /// After a refusal it asks once for new credentials, since they may have been changed.</summary>
    /// <remarks><c>RotatingSecret</c> is not used here; it says why.</remarks>
    private async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> make, TimeSpan silence, CancellationToken cancellation)
    {
        if (!_asked)
        {
            _asked = true;
            _credential = await FindCredentialAsync(cancellation);
        }
        using var wait = new WaitLimit(silence, settings.Time, cancellation);
        wait.Begin();
        var response = await SendOnceAsync(make(), wait);
        if (!_askedAnew && IsRefusal(response.StatusCode))
        {
            _askedAnew = true;
            if (await FindCredentialAsync(cancellation) is { } renewed && renewed != _credential)
            {
                _credential = renewed;
                response = await SendOnceAsync(make(), wait);
            }
        }
        return response;
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpRequestMessage request, WaitLimit wait)
    {
        await CloseAnswerAsync();
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.TryAddWithoutValidation("User-Agent", settings.Agent);
        if (service == GitService.UploadPack)
        {
            request.Headers.Add("Git-Protocol", "version=2");
        }
        if (_credential is { } credential)
        {
            var pair = Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}");
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(pair));
        }
        using (request)
        {
            try
            {
                return _response = await settings.Http.For(_base)
                    .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, wait.Token);
            }
            catch (HttpRequestException e)
            {
                throw HttpFailure.Of(e, settings.Http.Authorities);
            }
            catch (OperationCanceledException) when (wait.IsOver)
            {
                throw wait.Stalled("no answer");
            }
            catch (OperationCanceledException timeout) when (!wait.Caller.IsCancellationRequested)
            {
                // The client's own limit on connecting, which looks like a cancellation.
                throw new GitProtocolException(RemoteFailure.Unreachable, "no connection could be made in time", timeout);
            }
        }
    }

    private async Task<PktReader> ReaderAsync(HttpResponseMessage response, TimeSpan silence, CancellationToken cancellation)
    {
        _answer = new WaitLimitedStream(await response.Content.ReadAsStreamAsync(cancellation), silence, settings.Time);
        return new PktReader(_answer, new AnswerLimit(settings));
    }

    private async ValueTask CloseAnswerAsync()
    {
        if (_answer is not null)
        {
            await _answer.DisposeAsync();
        }
        _response?.Dispose();
        (_answer, _response) = (null, null);
    }

    /// <summary>Null once a redirect has led to another server: that server must not get our credentials.</summary>
    private async ValueTask<Credential?> FindCredentialAsync(CancellationToken cancellation) =>
        RedirectPolicy.IsSameOrigin(_base, url.Http!)
            ? url.Credential ?? await settings.FindCredential(_base, _credential, cancellation)
            : null;

    private string? Advise(int status) => HttpAdvice.OfStatus(status, _base, _credential, url.Http!);

    /// <summary>Some forges answer 403 for a revoked token. A 403 without credentials is no reason to ask for new ones.</summary>
    private bool IsRefusal(HttpStatusCode status) =>
        status == HttpStatusCode.Unauthorized || (status == HttpStatusCode.Forbidden && _credential is not null);

    /// <summary>Uses the redirected address for all later requests, and drops the credentials of the old one.</summary>
    private void Follow(Uri location)
    {
        const string tail = "/info/refs";
        if (!Uri.TryCreate(Address("info/refs"), location, out var target))
        {
            throw new GitProtocolException(RemoteFailure.NotGit, "redirected to what is not a URL");
        }
        if (target.Scheme is not ("https" or "http") || !target.AbsolutePath.EndsWith(tail, StringComparison.Ordinal))
        {
            throw NotFollowed(Place(target), "which is no Git repository");
        }
        var bare = new UriBuilder(target) { UserName = "", Password = "", Query = "", Fragment = "" };
        bare.Path = bare.Path[..^tail.Length];
        CheckAllowed(bare.Uri);
        _base = bare.Uri;
        (_asked, _askedAnew, _credential) = (false, false, null);
    }

    /// <summary>Checks against the configured URL, not the previous redirect: two redirects must not lead further than one may.</summary>
    private void CheckAllowed(Uri target)
    {
        if (target.Scheme == Uri.UriSchemeHttp && (_base.Scheme == Uri.UriSchemeHttps || url.Scheme == RemoteScheme.Https))
        {
            throw NotFollowed(Place(target), "from https to http, which nothing allows");
        }
        if (!url.Redirects.Allows(url.Http!, target))
        {
            throw NotFollowed(Place(target), "another host or port: write that URL if it is right, or allow it with "
                + $"follow_redirects: [{(target.IsDefaultPort ? target.IdnHost : $"{target.IdnHost}:{target.Port}")}]");
        }
    }

    private static GitProtocolException NotFollowed(string place, string why) =>
        new(RemoteFailure.NotGit, $"redirected to {place}, {why}");

    /// <summary>The address without user, password and query, which must not be logged.</summary>
    private static string Place(Uri target)
    {
        var place = target.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
        return place.Length > MaxShownSize ? $"{place[..MaxShownSize]}…" : place;
    }

    private static bool IsRedirect(HttpStatusCode status) => (int)status is 301 or 302 or 303 or 307 or 308;
}
