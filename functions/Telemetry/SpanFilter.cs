using System.Diagnostics;
using OpenTelemetry;

namespace Mirror.Functions.Telemetry;

/// <summary>What a span may say to others: no secret, nothing without an end, and nothing that belongs to no run.</summary>
internal sealed class SpanFilter(Func<string, string> redact) : BaseProcessor<Activity>
{
    /// <summary>The runtime's own source, of requests by <see cref="HttpClient"/>. It leaves userinfo and queries out of URLs.</summary>
    public const string HttpClient = "System.Net.Http";

    // An error is told whole in the log.
    private const int MaxTextSize = 1000;

    /// <summary>What the runtime adds to its spans of exceptions cannot be changed
    /// afterwards, only said before it is: the message, and no stack.</summary>
    public static ActivityListener ListenToErrors(Func<string, string> redact)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == HttpClient,
            ExceptionRecorder = (Activity _, Exception exception, ref TagList tags) =>
            {
                tags.Add("exception.message", Clean(exception.Message, redact));
                tags.Add("exception.stacktrace", "");
            },
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    public override void OnEnd(Activity data)
    {
        if (data.Source.Name == HttpClient && data.Parent is not { Source.Name: Signals.Name, Kind: ActivityKind.Internal })
        {
            // A listing before the run, a look at the status, a ping, whose whole URL may be a secret.
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            return;
        }
        foreach (var (name, value) in data.TagObjects.Where(tag => tag.Value is string).ToList())
        {
            data.SetTag(name, Clean((string)value!, redact));
        }
        if (data.StatusDescription is { } why)
        {
            data.SetStatus(data.Status, Clean(why, redact));
        }
    }

    private static string Clean(string text, Func<string, string> redact)
    {
        var clean = UrlText.WithoutUserInfo(redact(text));
        return clean.Length > MaxTextSize ? $"{clean[..MaxTextSize]}…" : clean;
    }
}
