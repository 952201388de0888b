using System.IO.Compression;

namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>What the host refuses to start, and what it starts.</summary>
public sealed class PackageTests
{
    [Fact]
    public async Task Starts_a_folder()
    {
        var package = await StubPackage.CreateQueueAsync();

        await using var host = await package.StartAsync();

        Assert.Empty(host.Disabled);
        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task Starts_a_zip_with_the_mode_bits_of_its_entries()
    {
        var package = await StubPackage.CreateQueueAsync();
        var zip = $"{package.Root}.zip";
        await ZipFile.CreateFromDirectoryAsync(package.Root, zip);

        await using var host = await FunctionsHost.StartAsync(package.Options with { Package = zip });

        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task Refuses_a_zip_whose_executable_has_no_mode_bits()
    {
        var package = await StubPackage.CreateQueueAsync();
        var zip = $"{package.Root}.zip";
        await ZipFile.CreateFromDirectoryAsync(package.Root, zip);
        await using (var archive = await ZipFile.OpenAsync(zip, ZipArchiveMode.Update))
        {
            archive.GetEntry("handler")!.ExternalAttributes = 0;
        }

        await RefusesAsync(package.Options with { Package = zip }, "is not executable");
    }

    [Fact]
    public async Task Refuses_a_zip_with_a_folder_around_it_all()
    {
        var package = await StubPackage.CreateQueueAsync();
        var zip = $"{package.Root}.zip";
        await ZipFile.CreateFromDirectoryAsync(package.Root, zip, CompressionLevel.Fastest, includeBaseDirectory: true);

        await RefusesAsync(package.Options with { Package = zip }, "no host.json at the root");
    }

    [Theory]
    [InlineData("./handler", "without './'")]
    [InlineData("other", "is not in the package")]
    [InlineData("Handler", "is not in the package")]
    [InlineData("host.json", "is not executable")]
    public async Task Refuses_an_executable_that_is_not_as_it_is_named(string name, string why)
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("customHandler.description.defaultExecutablePath", name);

        await RefusesAsync(package.Options, why);
    }

    [Theory]
    [InlineData("version", "1.0", "version is '1.0'")]
    [InlineData("extensions.queues.batchSize", "0", "batchSize is '0'")]
    [InlineData("extensions.queues.batchSize", "33", "batchSize is '33'")]
    [InlineData("extensions.queues.newBatchThreshold", "-1", "newBatchThreshold is '-1'")]
    [InlineData("extensions.queues.maxDequeueCount", "0", "maxDequeueCount is '0'")]
    [InlineData("extensions.queues.visibilityTimeout", "-00:00:01", "visibilityTimeout is '-00:00:01'")]
    [InlineData("extensions.queues.visibilityTimeout", "soon", "visibilityTimeout is 'soon'")]
    [InlineData("extensions.queues.maxPollingInterval", "00:00:00.05", "maxPollingInterval is '00:00:00.05'")]
    [InlineData("extensions.queues.messageEncoding", "utf8", "messageEncoding is 'utf8'")]
    [InlineData("functionTimeout", "00:00:00", "functionTimeout is '00:00:00'")]
    [InlineData("customHandler.enableForwardingHttpRequest", "maybe", "enableForwardingHttpRequest is 'maybe'")]
    [InlineData("extensionBundle.id", "Other", "extensionBundle.id is 'Other'")]
    [InlineData("extensionBundle.version", "[3.0.0, 4.0.0)", "extensionBundle.version is '[3.0.0, 4.0.0)'")]
    [InlineData("FUNCTIONS_WORKER_RUNTIME", "node", "FUNCTIONS_WORKER_RUNTIME is 'node'")]
    public async Task Refuses_what_is_out_of_range(string path, string value, string why)
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set(path, value);
        package.Settings.Add(path, value);

        await RefusesAsync(package.Options, why);
    }

    [Theory]
    [InlineData("not json", "is not JSON")]
    [InlineData("[]", "is not an object")]
    [InlineData("""{ "version": "2.0" }""", "defaultExecutablePath is missing")]
    [InlineData("""{ "version": "2.0", "customHandler": { "description": { "defaultExecutablePath": "handler" } } }""",
        "no extensionBundle")]
    public async Task Refuses_such_a_host_json(string text, string why)
    {
        var package = await StubPackage.CreateQueueAsync();
        await File.WriteAllTextAsync(Path.Combine(package.Root, "host.json"), text);

        await RefusesAsync(package.Options, why);
    }

    [Fact]
    public async Task Refuses_what_the_system_cannot_execute()
    {
        var package = await StubPackage.CreateQueueAsync();
        await File.WriteAllTextAsync(Path.Combine(package.Root, "handler"), "\0");

        await RefusesAsync(package.Options, "cannot be started");
    }

    [Fact]
    public async Task A_setting_is_an_environment_variable_and_comes_with_the_port_and_the_runtime()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Settings["AT_START"] = "out started";
        package.Settings["Some_Setting"] = "its value";

        await using var host = await package.StartAsync();

        var environment = (await File.ReadAllTextAsync($"/proc/{host.HandlerProcessId}/environ")).Split('\0');
        Assert.Contains("Some_Setting=its value", environment);
        Assert.Contains("FUNCTIONS_WORKER_RUNTIME=custom", environment);
        Assert.Contains($"AzureWebJobsStorage={package.Account.ConnectionString}", environment);
        Assert.Contains(environment, variable => variable.StartsWith("FUNCTIONS_CUSTOMHANDLER_PORT=", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_executable_can_take_the_place_of_the_packages_own()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("customHandler.description.defaultExecutablePath", "missing");

        await using var host = await FunctionsHost.StartAsync(package.Options with { Executable = Path.Combine(package.Root, "handler") });

        Assert.Empty(host.Violations);
    }

    private static async Task RefusesAsync(HostOptions options, string why)
    {
        var refusal = await Assert.ThrowsAsync<HostRefusedException>(() => FunctionsHost.StartAsync(options));
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
    }
}
