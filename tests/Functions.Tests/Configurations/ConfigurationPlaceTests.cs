using Azure.Storage.Blobs;
using Mirror.Functions.Serving;
using Mirror.Functions.Tests.Serving;
using Mirror.Tests.FunctionsHost;
using Mirror.Tests.Servers;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests.Configurations;

/// <summary>A configuration that is no file: an object in a real Azurite, or a setting.</summary>
public sealed class ConfigurationPlaceTests
{
    [Fact]
    public async Task An_app_takes_its_configuration_from_a_container()
    {
        var sides = await PartitionSides.CreateAsync();
        var shelf = await ShelfAsync(await sides.Near.ReadAsync("mirror.yaml"), sides.Near);
        await using var app = await ServedApp.StartAsync(sides.Near, "sync", setup => setup.Settings["MIRROR_CONFIG"] = shelf.Url);

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task What_is_wrong_in_it_is_said_with_its_url_and_its_line()
    {
        var sides = await PartitionSides.CreateAsync();
        var shelf = await ShelfAsync("store: ./bucket\nnonsense: true\n", sides.Near);
        await using var app = await ServedApp.StartAsync(sides.Near, "produce", setup => setup.Settings["MIRROR_CONFIG"] = shelf.Url);

        var failed = await app.FireTimerAsync("Plan");

        Assert.Equal(CallOutcome.Failed, failed.Outcome);
        Assert.Contains(app.Logs, line => line.Text.Contains($"{shelf.Name}:2:1: unknown key 'nonsense'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_command_reads_one_as_well()
    {
        var sides = await PartitionSides.CreateAsync();
        var shelf = await ShelfAsync(await sides.Near.ReadAsync("mirror.yaml"), sides.Near);

        var result = await sides.Near.RunAsync("sync", "-c", shelf.Url);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        await sides.AssertEqualAsync();
    }

    [Theory]
    [InlineData("https://account.blob.core.windows.net/c/mirror.yaml?sv=2022&sig=hunter2")]
    [InlineData("az://account/c/mirror.yaml?sig=hunter2")]
    public async Task A_url_with_a_signature_is_refused_and_not_quoted(string url)
    {
        var result = await new MirrorProgram().RunAsync("sync", "-c", url);

        Assert.Equal((2, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: the URL of the configuration: ", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_not_there_or_too_large_is_wrong_usage_and_an_absent_server_is_not()
    {
        var program = new MirrorProgram();
        var shelf = await ShelfAsync(new string('#', 4 * 1024 * 1024 + 1), program);

        var large = await program.RunAsync("sync", "-c", shelf.Url);
        var missing = await program.RunAsync("sync", "-c", shelf.Url.Replace("mirror.yaml", "none.yaml", StringComparison.Ordinal));
        program.Environment["AZURE_STORAGE_CONNECTION_STRING"] =
            new StorageAccount(AzuriteServer.Account, AzuriteServer.Key, BlobPort: 1, QueuePort: 1).ConnectionString;
        var lost = await program.RunAsync("sync", "-c", shelf.Url);

        Assert.Equal((2, 2, 1), (large.ExitCode, missing.ExitCode, lost.ExitCode));
        Assert.EndsWith("4194305 bytes; the limit is 4194304\n", large.Error, StringComparison.Ordinal);
        Assert.EndsWith("none.yaml: there is no such object\n", missing.Error, StringComparison.Ordinal);
        Assert.StartsWith("error: az://", lost.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_can_hold_it()
    {
        var sides = await PartitionSides.CreateAsync();
        var text = await sides.Near.ReadAsync("mirror.yaml");
        await using var app = await ServedApp.StartAsync(sides.Near, "sync", setup =>
        {
            setup.Settings.Remove("MIRROR_CONFIG");
            setup.Settings["MIRROR_CONFIG_YAML"] = text;
        });

        await app.FireTimerAsync("Plan");
        await app.WaitUntilIdleAsync();

        await sides.AssertEqualAsync();
        Assert.Empty(app.Violations);
    }

    [Fact]
    public async Task A_setting_that_is_wrong_says_where()
    {
        var place = Settings.Read(Environment(("MIRROR_CONFIG_YAML", "mirrors: []\nstate: ./here\nnonsense: 1\n")),
            "/app", new SecretReader(_ => null)).Configuration;
        var good = Settings.Read(
            Environment(("MIRROR_CONFIG_YAML", "mirrors: []\nstate: ./here\n")), "/app", new SecretReader(_ => null)).Configuration;

        var wrong = await Assert.ThrowsAsync<UsageException>(
            () => Composition.OpenAsync(place, new SecretReader(_ => null), CancellationToken.None));

        Assert.StartsWith("MIRROR_CONFIG_YAML:3:1: unknown key 'nonsense'", wrong.Message, StringComparison.Ordinal);
        Assert.Equal("/app/here", $"{(await good.ReadAsync(new SecretReader(_ => null), CancellationToken.None)).State}");
    }

    [Theory]
    [InlineData("az://account", "az://ACCOUNT/CONTAINER: a container is")]
    [InlineData("az://account/container", "names no object")]
    [InlineData("s3://bucket?region=eu-west-1", "names no object")]
    [InlineData("az://account/container/mirror.yaml?sig=hunter2", "az:// takes endpoint=… alone")]
    [InlineData("gs://bucket/mirror.yaml?sig=hunter2",
        "must be az://ACCOUNT/CONTAINER/KEY or s3://BUCKET/KEY?region=…, without a signature: "
        + "who the machine is, or AZURE_STORAGE_CONNECTION_STRING or AZURE_STORAGE_SAS_TOKEN, says who may read it")]
    [InlineData("file:///etc/mirror.yaml", "must be az://")]
    [InlineData("s3://bucket/../mirror.yaml", "a prefix has no empty, '.' or '..' part")]
    public void A_url_that_cannot_be_one_is_refused_and_not_quoted(string url, string words)
    {
        var problem = Settings.Read(Environment(("MIRROR_CONFIG", url)), "/app", new SecretReader(_ => null)).Problem;

        Assert.StartsWith("MIRROR_CONFIG: the URL of the configuration: ", problem, StringComparison.Ordinal);
        Assert.Contains(words, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "/app/mirror.yaml")]
    [InlineData("", "/app/mirror.yaml")]
    [InlineData("near.yaml", "/app/near.yaml")]
    [InlineData("/etc/mirror.yaml", "/etc/mirror.yaml")]
    [InlineData("az://account/container/a/b.yaml", "az://account/container/a/b.yaml")]
    [InlineData("s3://bucket/b.yaml?region=eu-west-1", "s3://bucket/b.yaml")]
    public void A_configuration_has_a_name(string? place, string name) =>
        Assert.Equal(name, Settings.Read(Environment(("MIRROR_CONFIG", place)), "/app", new SecretReader(_ => null)).Configuration.Name);

    [Fact]
    public void Both_settings_are_one_too_many() => Assert.StartsWith(
        "MIRROR_CONFIG and MIRROR_CONFIG_YAML are both set",
        Settings.Read(Environment(("MIRROR_CONFIG", "a.yaml"), ("MIRROR_CONFIG_YAML", "mirrors: []")), "/app", new SecretReader(_ => null))
            .Problem,
        StringComparison.Ordinal);

    [Fact]
    public void One_of_them_is_no_problem() =>
        Assert.Null(Settings.Read(Environment(("MIRROR_CONFIG_YAML", "mirrors: []")), "/app", new SecretReader(_ => null)).Problem);

    private static Func<string, string?> Environment(params (string Name, string? Value)[] settings) =>
        new Dictionary<string, string?>(settings.Select(setting => KeyValuePair.Create(setting.Name, setting.Value)))
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = "1",
            ["MIRROR_ROLES"] = "sync",
        }.GetValueOrDefault;

    /// <summary>An object with this text in a container of its own, which the program can reach.</summary>
    private static async Task<(string Url, string Name)> ShelfAsync(string text, MirrorProgram program)
    {
        var server = await AzuriteServer.SharedAsync();
        var connection = new StorageAccount(AzuriteServer.Account, AzuriteServer.Key, server.Port, server.QueuePort).ConnectionString;
        var container = new BlobContainerClient(connection, $"c-{Guid.NewGuid():N}");
        await container.CreateAsync();
        await container.UploadBlobAsync("near/mirror.yaml", BinaryData.FromString(text));
        program.Environment["AZURE_STORAGE_CONNECTION_STRING"] = connection;
        program.Secrets.Add(AzuriteServer.Key);
        var name = $"az://{AzuriteServer.Account}/{container.Name}/near/mirror.yaml";
        return ($"{name}?endpoint=http://127.0.0.1:{server.Port}/{AzuriteServer.Account}", name);
    }
}
