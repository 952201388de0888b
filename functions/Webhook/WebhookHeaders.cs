using System.Security.Cryptography;
using System.Text;

namespace Mirror.Functions.Webhook;

/// <summary>What the headers of a request say, of which nothing is proven yet.</summary>
/// <param name="IsPing">Whether it only asks if somebody is there.</param>
internal sealed record WebhookHeaders(Forge Forge, Proof? Proof, bool IsPing)
{
    public static WebhookHeaders Read(Forge forge, Func<string, string?> header) =>
        new(forge, Proof.Read(forge, header), forge == Forge.GitHub && header("X-GitHub-Event") == "ping");

    /// <summary>By what a replay is known: what is signed, and nothing else. The ids that forges give their deliveries are in headers, which
    /// whoever has caught a request can change.</summary>
    public string KeyOf(ReadOnlySpan<byte> body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Forge} {(Proof as Proof.Signature)?.Before}\n"));
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
