using System.Security.Cryptography;
using System.Text;
using Mirror.Functions.Webhook;

namespace Mirror.Functions.Tests.Serving;

/// <summary>Who sent a request, by what each forge sends of it.</summary>
public sealed class ProofTests
{
    // docs.github.com, "Validating webhook deliveries": the values to test an implementation with.
    private const string Secret = "It's a Secret to Everybody";
    private const string Body = "Hello, World!";
    private const string Digest = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

    [Fact]
    public void The_signature_of_GitHub_s_own_example_is_right() =>
        Assert.True(IsBy(Forge.GitHub, "X-Hub-Signature-256", $"sha256={Digest}"));

    [Theory]
    [InlineData("")]
    [InlineData(Digest)]
    [InlineData("sha256=")]
    [InlineData("sha1=" + Digest)]
    [InlineData("SHA256=" + Digest)]
    [InlineData("sha256=" + Digest + "00")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1")]
    [InlineData("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e1g")]
    [InlineData("sha256=" + Digest + ",sha256=" + Digest)]
    [InlineData("sha256= " + Digest)]
    public void What_is_no_signature_is_no_proof(string header) =>
        Assert.Null(Proof.Read(Forge.GitHub, name => name == "X-Hub-Signature-256" ? header : null));

    [Fact]
    public void Each_bit_of_a_signature_counts()
    {
        var digest = Convert.FromHexString(Digest);
        for (var bit = 0; bit < 8 * digest.Length; bit++)
        {
            var wrong = (byte[])digest.Clone();
            wrong[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(IsBy(Forge.GitHub, "X-Hub-Signature-256", $"sha256={Convert.ToHexString(wrong)}"), $"bit {bit}");
        }
    }

    [Theory]
    [InlineData(Secret, true)]
    [InlineData("It's a Secret to Everybod", false)]
    [InlineData("It's a Secret to Everybody ", false)]
    [InlineData("it's a Secret to Everybody", false)]
    public void GitLab_sends_the_secret_itself(string token, bool isRight) =>
        Assert.Equal(isRight, IsBy(Forge.GitLab, "X-Gitlab-Token", token));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void Without_a_header_there_is_no_proof(string? header) =>
        Assert.All(Enum.GetValues<Forge>(), forge => Assert.Null(Proof.Read(forge, _ => header)));

    [Fact]
    public void A_generic_signature_is_over_its_time_too()
    {
        var digest = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"1700000000.{Body}")));

        Assert.True(IsBy(Forge.Generic, "X-Mirror-Signature", $"t=1700000000,sha256={digest}"));
        Assert.False(IsBy(Forge.Generic, "X-Mirror-Signature", $"t=1700000001,sha256={digest}"));
        Assert.Equal(
            DateTimeOffset.FromUnixTimeSeconds(1700000000), Proof.Read(Forge.Generic, _ => $"t=1700000000, sha256={digest}")!.Signed);
    }

    [Theory]
    [InlineData("sha256=" + Digest)]
    [InlineData("t=1700000000")]
    [InlineData("t=1700000000,")]
    [InlineData("t=,sha256=" + Digest)]
    [InlineData("t=-1,sha256=" + Digest)]
    [InlineData("t=1e9,sha256=" + Digest)]
    [InlineData("t=99999999999999999999,sha256=" + Digest)]
    [InlineData("t=9223372036854775807,sha256=" + Digest)]
    [InlineData("sha256=" + Digest + ",t=1700000000")]
    [InlineData("t=1700000000,t=1700000000,sha256=" + Digest)]
    [InlineData("t=1700000000,sha256=" + Digest + ",sha256=" + Digest)]
    public void What_is_no_generic_signature_is_no_proof(string header) => Assert.Null(Proof.Read(Forge.Generic, _ => header));

    private static bool IsBy(Forge forge, string header, string value) =>
        Proof.Read(forge, name => name == header ? value : null)!.IsBy(Secret, Encoding.UTF8.GetBytes(Body));
}
