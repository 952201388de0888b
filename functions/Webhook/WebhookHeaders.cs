using System.Security.Cryptography;
using System.Text;

namespace Mirror.Functions.Webhook;

/// <summary>The headers of a request, which are not verified yet.</summary>
/// <param name="IsPing">Whether the request only tests the connection.</param>
internal sealed record WebhookHeaders(Forge Forge, Proof? Proof, bool IsPing)
{
    /// <summary>GitLab's id of the event. The token does not sign it, so an attacker with a recorded request can change it. But it is
    /// needed: when a branch moves forward, back and forward again, the bodies are equal.</summary>
    private string Event { get; init; } = "";

    public static WebhookHeaders Read(Forge forge, Func<string, string?> header) =>
        new(forge, Proof.Read(forge, header), forge == Forge.GitHub && header("X-GitHub-Event") == "ping")
        {
            Event = forge == Forge.GitLab ? header("X-Gitlab-Event-UUID") ?? "" : "",
        };

    /// <summary>The key to recognise replays: the signed data, if there are any. The ids of deliveries are in headers, which an attacker
    /// with a recorded request can change.</summary>
    public string KeyOf(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Forge} {(Proof as Proof.Signature)?.Before} {Event}\n"));
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
