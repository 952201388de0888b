using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Mirror.Functions.Output;
using Mirror.Git;
using Mirror.Mirroring;

namespace Mirror.Functions.Pings;

/// <summary>
/// Reports a run to the mirror's <c>ping_url</c>: a POST to the URL when the run has proven the mirror equal, to <c>/fail</c> below it when
/// the run failed or was held. Otherwise nothing is sent, so that the monitor notices the silence. A ping that cannot be sent is a warning,
/// never a failure of the run.
/// </summary>
internal sealed class Pinger(RemoteSettings remotes, SecretReader secrets)
{
    // For each of two attempts, including reading the URL from a vault.
    // At its deadline, a call of the Functions host has half a minute left for both.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // For a host that did not answer just before. A thousand mirrors may ping it, and each would wait in its turn.
    private static readonly TimeSpan ShortPatience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilentHostPause = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, long> _silent = new(StringComparer.OrdinalIgnoreCase);

    // The limit of a body in older versions of healthchecks.io.
    private const int MaxBodySize = 10_000;

    /// <summary>Returns the outcome, with a warning if the ping could not be sent.</summary>
    public async Task<MirrorOutcome> TellAsync(MirrorJob job, MirrorOutcome outcome, CancellationToken cancellation)
    {
        if (job.Ping is not { } ping || SuffixOf(outcome) is not { } suffix)
        {
            return outcome;
        }
        var failure = await TryAsync(ping, suffix, outcome, cancellation);
        if (failure is { IsWorthAnother: true } && !cancellation.IsCancellationRequested)
        {
            await Task.Delay(Pause, remotes.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            failure = await TryAsync(ping, suffix, outcome, cancellation);
        }
        return failure is null
            ? outcome
            : outcome with { Warnings = [.. outcome.Warnings, $"ping_url: {failure.Message}: this run was not reported there"] };
    }

    /// <summary>The suffix of the path; null to send nothing.</summary>
    private static string? SuffixOf(MirrorOutcome outcome) => outcome switch
    {
        { IsGood: true } => outcome.IsProven ? "" : null,
        { IsBusy: true } => null,
        _ => "/fail",
    };

    private async Task<Failure?> TryAsync(PingUrl ping, string suffix, MirrorOutcome outcome, CancellationToken cancellation)
    {
        var host = "";
        var patience = Patience;
        using var late = new CancellationTokenSource(patience, remotes.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellation);
        try
        {
            var url = WithSuffix(await ping.ResolveAsync(outcome.Mirror, secrets, either.Token), suffix);
            host = url.Authority;
            if (WasSilent(host))
            {
                patience = ShortPatience;
                late.CancelAfter(patience);
            }
            var failure = await SendAsync(url, outcome, either.Token);
            _silent.TryRemove(host, out _);
            return failure;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return new Failure("interrupted", IsWorthAnother: false);
        }
        catch (OperationCanceledException)
        {
            _silent[host] = remotes.Time.GetTimestamp();
            return new Failure("no answer", IsWorthAnother: patience == Patience);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return new Failure(failure.Message, IsWorthAnother: true);
        }
        catch (SecretException failure)
        {
            return new Failure(failure.Message, failure.IsTransient);
        }
    }

    private bool WasSilent(string host) => _silent.TryGetValue(host, out var since) && remotes.Time.GetElapsedTime(since) < SilentHostPause;

    private async Task<Failure?> SendAsync(Uri url, MirrorOutcome outcome, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(BodyOf(outcome)) };
        request.Content.Headers.ContentType = new("text/plain") { CharSet = "utf-8" };
        request.Headers.TryAddWithoutValidation("User-Agent", remotes.Agent);
        using var answer = await remotes.Http.Open(url).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        return answer.IsSuccessStatusCode ? null
            : (int)answer.StatusCode is >= 300 and < 400
                ? new Failure($"{url.Host} answered {(int)answer.StatusCode}, and no redirect is followed: write the URL that it leads to",
                    IsWorthAnother: false)
            : new Failure($"{url.Host} answered {(int)answer.StatusCode}",
                answer.StatusCode is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError);
    }

    /// <summary>Adds the suffix before the query.</summary>
    private static Uri WithSuffix(Uri url, string suffix) =>
        suffix.Length == 0 ? url : new Uri($"{url.GetLeftPart(UriPartial.Path).TrimEnd('/')}{suffix}{url.Query}");

    /// <summary>The outcome in one line of text.</summary>
    private byte[] BodyOf(MirrorOutcome outcome)
    {
        var text = OutcomeText.Result(outcome, isDryRun: false) + (outcome.Error is { } error ? $": {error.Reason}: {error.Message}" : "");
        var line = Printable.Line(secrets.Redact(text));
        var bytes = Encoding.UTF8.GetBytes(line);
        return bytes.Length <= MaxBodySize
            ? bytes
            : Encoding.UTF8.GetBytes($"{Encoding.UTF8.GetString(bytes, 0, MaxBodySize - 8).TrimEnd('\ufffd')}…");
    }

    private sealed record Failure(string Message, bool IsWorthAnother);
}
