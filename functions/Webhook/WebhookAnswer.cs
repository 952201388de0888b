using Microsoft.AspNetCore.Http;
using Mirror.Functions.Output;

namespace Mirror.Functions.Webhook;

/// <summary>The answer, which a forge shows to its user. Forges disable a webhook after many errors, so only a fault of the webhook
/// itself is answered with an error.</summary>
internal sealed record WebhookAnswer(int Status, string Text, string ContentType = "text/plain")
{
    public static readonly WebhookAnswer Pong = new(StatusCodes.Status200OK, "pong");

    public static readonly WebhookAnswer Already = new(StatusCodes.Status200OK, "already");

    /// <summary>Says no more, since anyone may read it. The log has the fault of our settings.</summary>
    public static readonly WebhookAnswer NotSetUp =
        new(StatusCodes.Status503ServiceUnavailable, "webhooks are not set up here; the log says why");

    /// <summary>Whether jobs were queued, so that a replay need not be handled again.</summary>
    public bool HasPlanned { get; private init; }

    public static WebhookAnswer Planned(IEnumerable<string> mirrors) => Listed(mirrors, reason: null) with { HasPlanned = true };

    public static WebhookAnswer NothingPlanned(string reason) => Listed([], reason);

    private static WebhookAnswer Listed(IEnumerable<string> mirrors, string? reason) => new(StatusCodes.Status200OK, JsonLine.Of(json =>
    {
        json.WriteStartArray("planned");
        foreach (var mirror in mirrors)
        {
            json.WriteStringValue(mirror);
        }
        json.WriteEndArray();
        if (reason is not null)
        {
            json.WriteString("reason", reason);
        }
    }), "application/json");
}
