using System.Text;
using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>
/// Where a secret could end up: in what is printed, which every test of the halves looks through, and in what is written.
/// </summary>
public sealed class SecretTests
{
    [Fact]
    public async Task Passwords_and_keys_are_in_nothing_that_is_printed_or_kept()
    {
        var sides = await PartitionSides.CreateAsync();
        var apache = await ApacheServer.SharedAsync();
        foreach (var side in new[] { sides.Near, sides.Far })
        {
            side.Secrets.AddRange([ApacheServer.Password, Uri.EscapeDataString(ApacheServer.Password), "wrong-word"]);
            side.Environment["TOKEN"] = "wrong-word";
        }
        var credentials =
            $"credentials: [{{ match: \"http://127.0.0.1:{apache.Port}/\", username: {ApacheServer.Username}, password: env:TOKEN }}]\n";
        var (source, target) = (apache.Url(sides.Source, Route.Auth), apache.Url(sides.Target, Route.Auth));
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, source, target)}";
        await sides.Near.WriteAsync("mirror.yaml", $"{sides.Places}{sides.NearKeys}{credentials}{mirrors}");
        await sides.Far.WriteAsync("mirror.yaml", $"{sides.Places}{sides.FarKeys}{credentials}{mirrors}");

        Assert.Equal(1, (await sides.ProduceAsync("-v")).ExitCode);
        sides.Near.Environment["TOKEN"] = ApacheServer.Password;
        Assert.Equal(0, (await sides.ProduceAsync("-v")).ExitCode);
        Assert.Equal(1, (await sides.ConsumeAsync("-v")).ExitCode);
        Assert.Equal(1, (await sides.Far.RunAsync("status", "--json")).ExitCode);
        AssertNowhere(sides);
        sides.Far.Environment["TOKEN"] = ApacheServer.Password;
        Assert.Equal(0, (await sides.ConsumeAsync("-v", "--json")).ExitCode);

        AssertNowhere(sides);
        await sides.AssertEqualAsync();
    }

    [Theory]
    [InlineData(403)]
    [InlineData(407)]
    public async Task The_password_of_a_proxy_that_says_no_is_in_nothing_that_is_printed_kept_or_sent(int status)
    {
        await using var proxy = new FakeServer(FakeAnswer.Status(status));
        await using var listener = new FakeServer(FakeAnswer.Status(200));
        var sides = await PartitionSides.CreateAsync();
        sides.Near.Secrets.AddRange(["hunter/2", "hunter%2F2", Convert.ToBase64String("user:hunter/2"u8)]);
        sides.Near.Environment["https_proxy"] = $"http://user:hunter%2F2@127.0.0.1:{proxy.Port}";
        await sides.Near.WriteAsync("mirror.yaml",
            $"{sides.Places}{sides.NearKeys}defaults: {{ ping_url: '{listener.Url}/0123456789abcdef0/' }}\n"
                + $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, "https://git.invalid/a.git", "https://git.invalid/b.git")}");

        var result = await sides.ProduceAsync("-v");

        Assert.Equal(1, result.ExitCode);
        Assert.Contains($"the proxy 127.0.0.1:{proxy.Port} ", result.Error, StringComparison.Ordinal);
        Assert.Contains($"HTTP {status}", result.Error, StringComparison.Ordinal);
        AssertNowhere(sides);
        var told = Encoding.UTF8.GetString(Assert.Single(listener.Requests).Body);
        Assert.Contains($"HTTP {status}", told, StringComparison.Ordinal);
        Assert.All(sides.Near.Secrets, secret => Assert.DoesNotContain(secret, told, StringComparison.Ordinal));
    }

    public static TheoryData<string, string, int> Refusals()
    {
        var cases = new TheoryData<string, string, int>();
        foreach (var (from, to) in new[]
        {
            ("store: {0}", "store: s3://bucket?region=eu-west-1"),
            ("store: {0}", "store: az://account/container"),
            ("store: {0}", "store: az://machine/container"),
            ("file:signing_ed25519", "keyvault:https://test.vault.azure.net/secrets/signing"),
        })
        {
            cases.Add(from, to, 403);
            cases.Add(from, to, 407);
        }
        return cases;
    }

    /// <summary>The proxy repeats the password in all that it says.</summary>
    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_proxy_between_us_and_a_store_or_a_vault_is_told_in_our_own_words(string from, string to, int status)
    {
        await using var proxy = new FakeServer(FakeAnswer.Raw(Encoding.Latin1.GetBytes(
            $"HTTP/1.1 {status} no user:hunter%2F2\r\nX-User: user:hunter/2\r\nContent-Length: 11\r\n\r\nno hunter/2")));
        await using var identity = new FakeServer(FakeAnswer.Ok("application/json", JsonSerializer.SerializeToUtf8Bytes(new
        {
            access_token = "token",
            expires_on = $"{DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds()}",
            resource = "a",
            token_type = "Bearer",
        })));
        var sides = await PartitionSides.CreateAsync();
        sides.Near.Secrets.AddRange(["hunter", Convert.ToBase64String("user:hunter/2"u8)]);
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["https_proxy"] = $"http://user:hunter%2F2@127.0.0.1:{proxy.Port}",
            ["AWS_ACCESS_KEY_ID"] = "key",
            ["AWS_SECRET_ACCESS_KEY"] = "secret-of-aws",
            ["SAS"] = "sv=2022&sp=rlwd&sig=secret-of-azure",
            ["IDENTITY_ENDPOINT"] = $"{identity.Url}/msi/token",
            ["IDENTITY_HEADER"] = "header",
        })
        {
            sides.Near.Environment[name] = value;
        }
        var text = await sides.Near.ReadAsync("mirror.yaml");
        text = text.Replace(from.Replace("{0}", sides.Bucket, StringComparison.Ordinal), to, StringComparison.Ordinal);
        await sides.Near.WriteAsync("mirror.yaml", $"{text}credentials: [{{ match: az://account, sas: env:SAS }}]\n");

        var words = await sides.ProduceAsync("-v");
        var json = await sides.ProduceAsync("--json");

        Assert.Equal((1, 1), (words.ExitCode, json.ExitCode));
        foreach (var told in new[] { words.Error, PartitionSides.JsonLine(json).GetProperty("error").GetProperty("message").GetString()! })
        {
            Assert.Contains($"the proxy 127.0.0.1:{proxy.Port} ", told, StringComparison.Ordinal);
            Assert.Contains($":443 (HTTP {status}): see https_proxy and no_proxy", told, StringComparison.Ordinal);
            // Not even its gap: our own words have no need of it.
            Assert.DoesNotContain("***", told, StringComparison.Ordinal);
        }
        // What the proxy has decided it would decide again. Amazon's SDK asks three times more all the same.
        Assert.InRange(proxy.Requests.Count, 2, to.Contains("s3://", StringComparison.Ordinal) ? 8 : 2);
        AssertNowhere(sides);
    }

    [Theory]
    [InlineData("sync", "https://user:hunter/2@git.invalid/a", "https://user:hunter/2@git.invalid/b")]
    [InlineData("sync", "https://user:hunter%2F2@git.invalid/a", "/b", "https://user:hunter/2@git.invalid/c")]
    [InlineData("sync", "user:hunter/2@git.invalid/a", "/b")]
    [InlineData("verify", "--nonsense=https://user:hunter/2@git.invalid")]
    [InlineData("https://user:hunter/2@git.invalid")]
    [InlineData("restore", "a", "https://user:hunter/2@git.invalid/a", "b")]
    [InlineData("produce", "https://user:hunter/2@git.invalid/a")]
    public async Task A_password_in_an_argument_is_not_printed_whatever_is_wrong_with_it(params string[] arguments)
    {
        var program = new MirrorProgram { Secrets = { "hunter" } };

        Assert.NotEqual(0, (await program.RunAsync(arguments)).ExitCode);
    }

    private static void AssertNowhere(PartitionSides sides)
    {
        foreach (var folder in new[] { sides.Near.PathOf("state"), sides.Far.PathOf("state"), sides.Bucket }.Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
            {
                var content = Encoding.Latin1.GetString(File.ReadAllBytes(file));
                Assert.All(sides.Far.Secrets.Concat(sides.Near.Secrets),
                    secret => Assert.DoesNotContain(secret, content, StringComparison.Ordinal));
            }
        }
    }
}
