using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests;

/// <summary>Secrets out of a vault, by the program as it is: its own identity, its own names, only the network is not Azure's.</summary>
[SuppressMessage("Design", "CA1001", Justification = "the test runner disposes")]
public sealed class VaultTests : IAsyncLifetime
{
    private const string Vault = "keyvault:https://test.vault.azure.net/secrets";

    private readonly FakeVault _vault = new();
    private readonly FakeServer _identity = new(FakeAnswer.Ok("application/json", JsonSerializer.SerializeToUtf8Bytes(new
    {
        access_token = "token-of-the-function",
        expires_on = DateTimeOffset.UtcNow.AddDays(1).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
        resource = "https://vault.azure.net",
        token_type = "Bearer",
    })));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _vault.DisposeAsync();
        await _identity.DisposeAsync();
    }

    [Fact]
    public async Task A_password_comes_from_a_vault()
    {
        var apache = await ApacheServer.SharedAsync();
        var (source, target) = (await GitRepository.CreateAsync("source"), await GitRepository.CreateAsync("target"));
        await source.CommitAsync("main", "a.txt", "one\n");
        _vault.Secrets["git"] = ApacheServer.Password;
        var program = Connected(new MirrorProgram());
        await program.WriteAsync("mirror.yaml", $$"""
            credentials: [{ match: "http://127.0.0.1:{{apache.Port}}/", username: {{ApacheServer.Username}}, password: "{{Vault}}/git" }]
            mirrors: [{ source: {{apache.Url(source, Route.Auth)}}, destination: {{apache.Url(target, Route.Auth)}} }]
            """);

        var result = await program.RunAsync("sync");

        Assert.True(result.ExitCode == 0, result.Output + result.Error);
        Assert.Equal(await source.RefsAsync(), await target.RefsAsync());
        Assert.Equal("Bearer token-of-the-function", Assert.Single(_vault.Reads).Headers["Authorization"]);
    }

    [Fact]
    public async Task So_do_identities_and_the_signing_key()
    {
        var sides = await PartitionSides.CreateAsync();
        Connected(sides.Near);
        Connected(sides.Far);
        _vault.Secrets["signing/0a1b"] = await TakeAsync(sides.Near.PathOf("signing_ed25519"));
        _vault.Secrets["age"] = await TakeAsync(sides.Far.PathOf("age.key"));
        var mirrors = $"mirrors:\n{PartitionSides.Entry(PartitionSides.Name, sides.Source, sides.Target)}";
        await sides.Near.WriteAsync("mirror.yaml",
            $"{sides.Places}{sides.NearKeys.Replace("file:signing_ed25519", $"{Vault}/signing/0a1b", StringComparison.Ordinal)}{mirrors}");
        await sides.Far.WriteAsync(
            "mirror.yaml", $"{sides.Places}{sides.FarKeys.Replace("file:age.key", $"{Vault}/age", StringComparison.Ordinal)}{mirrors}");

        await sides.CarryAsync();

        await sides.AssertEqualAsync();
        Assert.Equal(["/secrets/signing/0a1b", "/secrets/age"], _vault.Reads.Select(request => request.Target.Split('?')[0].TrimEnd('/')));
    }

    [Theory]
    [InlineData("https://test.vault.azure.net", "there is no such secret, or not in this version (HTTP 404)")]
    // Azure's name would have to be in its address, and it is not for a token.
    [InlineData("https://127.0.0.1:{0}", "what answers is not a key vault, or its answer not a secret")]
    public async Task What_cannot_be_had_is_one_line_of_what_is_wrong(string vault, string expected)
    {
        var sides = await PartitionSides.CreateAsync();
        Connected(sides.Far);
        sides.Far.Environment["no_proxy"] = "127.0.0.1,none.invalid";
        var port = new Uri(_vault.Url).Port.ToString(CultureInfo.InvariantCulture);
        var reference = $"keyvault:{vault.Replace("{0}", port, StringComparison.Ordinal)}/secrets/age";
        await sides.Far.WriteAsync("mirror.yaml",
            $"{sides.Places}{sides.FarKeys.Replace("file:age.key", reference, StringComparison.Ordinal)}accept: []\nmirrors: []\n");

        var result = await sides.ConsumeAsync();

        Assert.Equal(2, result.ExitCode);
        Assert.Empty(result.Output);
        Assert.Contains($"age.identities: {reference}: {expected}",
            Assert.Single(result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_is_out_of_reach_is_the_failure_of_each_mirror()
    {
        var sides = await PartitionSides.CreateAsync();
        Connected(sides.Far);
        sides.Far.Environment["no_proxy"] = "none.invalid";
        const string Reference = "keyvault:https://none.invalid/secrets/age";
        var text = await sides.Far.ReadAsync("mirror.yaml");
        await sides.Far.WriteAsync("mirror.yaml", text.Replace("file:age.key", Reference, StringComparison.Ordinal));

        var result = await sides.ConsumeAsync("--json");

        Assert.Equal(1, result.ExitCode);
        var error = PartitionSides.JsonLine(result).GetProperty("error");
        Assert.Equal("credentials", error.GetProperty("reason").GetString());
        Assert.StartsWith(
            $"{Reference}: the vault cannot be reached: ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_reference_to_one_needs_nothing_of_a_cloud()
    {
        var sides = await PartitionSides.CreateAsync();
        sides.Near.Program = sides.Near.CopyWithout("Azure.", "AWSSDK.", "Microsoft.Identity");

        Assert.Equal(0, (await sides.ProduceAsync()).ExitCode);

        // With one it does, or this would prove nothing.
        Connected(sides.Near);
        var text = await File.ReadAllTextAsync(sides.Near.PathOf("mirror.yaml"));
        await sides.Near.WriteAsync("mirror.yaml", text.Replace("file:signing_ed25519", $"{Vault}/signing", StringComparison.Ordinal));
        Assert.Contains("Could not load file or assembly 'Azure.", (await sides.ProduceAsync()).Error, StringComparison.Ordinal);
    }

    /// <summary>A function app's identity, and a way to Azure that ends here.</summary>
    private MirrorProgram Connected(MirrorProgram program)
    {
        program.Secrets.AddRange([ApacheServer.Password, "token-of-the-function"]);
        program.Environment["IDENTITY_ENDPOINT"] = $"{_identity.Url}/msi/token";
        program.Environment["IDENTITY_HEADER"] = "header";
        program.Environment["https_proxy"] = _vault.ProxyUrl;
        program.Environment["SSL_CERT_FILE"] = _vault.AuthorityFile;
        return program;
    }

    private static async Task<string> TakeAsync(string file)
    {
        var text = await File.ReadAllTextAsync(file);
        File.Delete(file);
        return text;
    }
}
