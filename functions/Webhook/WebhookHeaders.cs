using System.Security.Cryptography;
using System.Text;

namespace Mirror.Functions.Webhook;

/// <summary>What the headers of a request say, of which nothing is proven yet.</summary>
/// <param name="Delivery">What a delivery keeps when it is sent again.</param>
/// <param name="IsPing">Whether it only asks if somebody is there.</param>
internal sealed record WebhookHeaders(Forge Forge, Proof? Proof, string? Delivery, bool IsPing)
{
    public static WebhookHeaders Read(Forge forge, Func<string, string?> header)
    {
        var proof = Proof.Read(forge, header);
        return forge switch
        {
            Forge.GitHub => new WebhookHeaders(forge, proof, header("X-GitHub-Delivery"), header("X-GitHub-Event") == "ping"),
            Forge.GitLab => new WebhookHeaders(forge, proof, header("X-Gitlab-Event-UUID"), IsPing: false),
            _ => new WebhookHeaders(forge, proof, proof is Proof.Signature signature ? $"{signature.Before}{Convert.ToHexString(signature.Digest)}" : null, IsPing: false),
        };
    }

    /// <summary>By what a replay is known; null where the forge gave the delivery no id. With the body: forges sign no header, and GitLab gives
    /// one id to all events that follow from one.</summary>
    public string? KeyOf(ReadOnlySpan<byte> body)
    {
        if (Delivery is not { Length: > 0 })
        {
            return null;
        }
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{Forge} {Delivery}\n"));
        hash.AppendData(body);
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
