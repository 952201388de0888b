using System.Security.Cryptography;
using System.Text;

namespace Mirror.Functions.Webhook;

/// <summary>What the headers of a request say, of which nothing is proven yet.</summary>
/// <param name="IsPing">Whether it only asks if somebody is there.</param>
internal sealed record WebhookHeaders(Forge Forge, Proof? Proof, bool IsPing)
{
    /// <summary>GitLab's own name of the event. Its token signs nothing, so whoever has
    /// caught a request can write any; and of a branch that goes forth,
    /// back and forth again, the bodies are the same.</summary>
    private string Event { get; init; } = "";

    public static WebhookHeaders Read(Forge forge, Func<string, string?> header) =>
        new(forge, Proof.Read(forge, header), forge == Forge.GitHub && header("X-GitHub-Event") == "ping")
        {
            Event = forge == Forge.GitLab ? header("X-Gitlab-Event-UUID") ?? "" : "",
        };

    /// <summary>By what a replay is known: what is signed, where anything is. The
    /// ids that forges give their deliveries are in headers, which
    /// whoever has caught a request can change.</summary>
    public string KeyOf(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Forge} {(Proof as Proof.Signature)?.Before} {Event}\n"));
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
