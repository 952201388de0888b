using Microsoft.AspNetCore.Http;
using Mirror.Functions.Jobs;
using Mirror.Functions.Serving;
using Mirror.Mirroring;

namespace Mirror.Functions.Webhook;

/// <summary><c>POST /api/webhook/{github|gitlab|generic}</c>: queues a message for each mirror with the named source, like the plan does.
/// Anyone can call it, so only signed requests are trusted, and no part of a request is written to the log.</summary>
internal sealed class WebhookFunction(LiveComposition compositions, Func<JobQueues> queues, Settings settings, TimeProvider time,
    WebhookLog log)
{
    /// <summary>How far the time of a generic signature may differ from ours, in either direction.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly Deliveries _deliveries = new(time);
    private readonly WebhookSecret _secret = new(time);

    public async Task AnswerAsync(HttpContext context, CancellationToken cancellation)
    {
        var answer = await AnswerAsync(context.Request, cancellation);
        await InvocationServer.WriteAsync(context, answer.Status, answer.ContentType, answer.Text);
    }

    private async Task<WebhookAnswer> AnswerAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (ForgeOf(request.Path) is not { } forge)
        {
            return new WebhookAnswer(StatusCodes.Status404NotFound, "there is no such webhook, only github, gitlab and generic");
        }
        if (!HttpMethods.IsPost(request.Method))
        {
            return new WebhookAnswer(StatusCodes.Status405MethodNotAllowed, "webhooks are POST");
        }
        try
        {
            settings.ThrowIfWrong();
            return await AnswerAsync(forge, request, settings.FindWebhookSecret(), cancellation);
        }
        catch (BadHttpRequestException bad)
        {
            return new WebhookAnswer(bad.StatusCode, bad.Message);
        }
        catch (Exception unset) when (unset is CallException or SecretException)
        {
            log.Warn(forge, unset.Message);
            return WebhookAnswer.NotSetUp;
        }
    }

    private async Task<WebhookAnswer> AnswerAsync(Forge forge, HttpRequest request, SecretReference secret, CancellationToken cancellation)
    {
        var headers = WebhookHeaders.Read(forge, name => request.Headers.TryGetValue(name, out var value) ? value.ToString() : null);
        // Checked before the body is read into memory.
        if (headers.Proof is not { } proof)
        {
            return Refused(forge, "the request is not signed");
        }
        if ((time.GetUtcNow() - proof.Signed)?.Duration() > MaxAge)
        {
            return Refused(forge, $"the signature is not of the last {MaxAge.TotalMinutes:0} minutes");
        }
        var body = await WebhookBody.ReadAsync(request, time, cancellation);
        if (!await _secret.IsSignerAsync(proof, body, age => compositions.Secrets.ReadAsync(secret, age, cancellation)))
        {
            return Refused(forge, "the signature is wrong: the secret is another one there");
        }
        return headers.IsPing ? WebhookAnswer.Pong : await PlanAsync(headers, body, cancellation);
    }

    private async Task<WebhookAnswer> PlanAsync(WebhookHeaders headers, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        IReadOnlyList<RepositoryAddress> repositories;
        try
        {
            repositories = Payload.Read(headers.Forge, body);
        }
        catch (FormatException wrong)
        {
            return new WebhookAnswer(StatusCodes.Status400BadRequest, wrong.Message);
        }
        // Two concurrent deliveries may both be queued; then the second job finds nothing to do.
        var key = headers.KeyOf(body.Span);
        if (_deliveries.Contains(key))
        {
            return WebhookAnswer.Already;
        }
        var composition = await compositions.GetAsync(cancellation);
        var answer = await PlanAsync(headers.Forge, repositories, composition.Configuration!, cancellation);
        if (answer.HasPlanned)
        {
            _deliveries.Add(key);
        }
        return answer;
    }

    private async Task<WebhookAnswer> PlanAsync(Forge forge, IReadOnlyList<RepositoryAddress> repositories,
        MirrorConfiguration configuration, CancellationToken cancellation)
    {
        string[] mirrors = [.. configuration.Mirrors.Where(mirror => repositories.Contains(RepositoryAddress.Of(mirror.Source))).Select(
            mirror => mirror.Name)];
        if (mirrors.Length == 0 || !settings.PlannedJobs.Any())
        {
            return WebhookAnswer.NothingPlanned(settings.PlannedJobs.Any() ? "no mirror here has this repository as its "
                + "source" : "this app looks at no sources");
        }
        foreach (var job in settings.PlannedJobs)
        {
            await queues().AskAsync(job, mirrors, "webhook", cancellation);
        }
        log.Say(forge, $"planned {string.Join(", ", mirrors)}");
        return WebhookAnswer.Planned(mirrors);
    }

    private WebhookAnswer Refused(Forge forge, string reason)
    {
        log.Refuse(forge, reason);
        return new WebhookAnswer(StatusCodes.Status401Unauthorized, reason);
    }

    /// <summary>The host matches a route without case.</summary>
    private static Forge? ForgeOf(PathString path) => path.Value!.ToLowerInvariant().Split('/') switch
    {
        ["", _, _, "github"] => Forge.GitHub,
        ["", _, _, "gitlab"] => Forge.GitLab,
        ["", _, _, "generic"] => Forge.Generic,
        _ => null,
    };
}
