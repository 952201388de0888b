using Microsoft.AspNetCore.Http;
using Mirror.Functions.Output;

namespace Mirror.Functions.Webhook;

/// <summary>What a forge shows to whoever set up the webhook. Forges switch off a webhook that is often answered with an error, so only what is wrong with
/// the webhook itself is one.</summary>
internal sealed record WebhookAnswer(int Status, string Text, string ContentType = "text/plain")
{
    public static readonly WebhookAnswer Pong = new(StatusCodes.Status200OK, "pong");

    public static readonly WebhookAnswer Already = new(StatusCodes.Status200OK, "already");

    public static WebhookAnswer Planned(IEnumerable<string> mirrors) => Listed(mirrors, reason: null);

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
