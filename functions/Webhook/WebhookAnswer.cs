using Microsoft.AspNetCore.Http;
using Mirror.Functions.Output;

namespace Mirror.Functions.Webhook;

/// <summary>What a forge shows to whoever set up the webhook. Forges switch off a
/// webhook that is often answered with an error, so only what is wrong with
/// the webhook itself is one.</summary>
internal sealed record WebhookAnswer(int Status, string Text, string ContentType = "text/plain")
{
    public static readonly WebhookAnswer Pong = new(StatusCodes.Status200OK, "pong");

    public static readonly WebhookAnswer Already = new(StatusCodes.Status200OK, "already");

    /// <summary>To anybody: what is wrong with our settings is for the log.</summary>
    public static readonly WebhookAnswer NotSetUp =
        new(StatusCodes.Status503ServiceUnavailable, "webhooks are not set up here; the log says why");

    /// <summary>Whether something was done that need not be done again.</summary>
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
