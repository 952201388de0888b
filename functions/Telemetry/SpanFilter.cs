using System.Diagnostics;
using OpenTelemetry;

namespace Mirror.Functions.Telemetry;

/// <summary>Limits what spans contain: no secrets, no unlimited texts, and no spans outside of a run.</summary>
internal sealed class SpanFilter(Func<string, string> redact) : BaseProcessor<Activity>
{
    /// <summary>The runtime's own source of spans for <see cref="HttpClient"/> requests.
    /// It removes userinfo and queries from URLs.</summary>
    public const string HttpClient = "System.Net.Http";

    // The log has the whole error.
    private const int MaxTextSize = 1000;

    /// <summary>Sets the exception attributes of the runtime's spans: the message, without a stack trace. They cannot be changed after
    /// the runtime has added them.</summary>
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
            // A listing before the run, a look at the status, or a ping, whose whole URL may be secret.
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
