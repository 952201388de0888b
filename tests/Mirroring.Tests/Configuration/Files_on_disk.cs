namespace Mirror.Mirroring.Tests;

public sealed class Files_on_disk : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mirror-configuration-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_file_is_read_and_its_paths_are_beside_it()
    {
        var path = await WriteAsync("﻿mirrors: [{ source: a.git, destination: ../b.git }]\n"u8.ToArray());
        var configuration = await ConfigurationFile.ReadAsync(path, environment: null, CancellationToken.None);
        var mirror = Assert.Single(configuration.Mirrors);
        Assert.Equal((path, "b"), (configuration.File, mirror.Name));
        Assert.Equal(Path.Combine(_directory, "a.git"), mirror.Source.Path);
        Assert.Equal(Path.GetFullPath(Path.Combine(_directory, "../b.git")), mirror.Destination.Path);
    }

    [Fact]
    public async Task A_missing_file_is_named() => Assert.Equal(
        $"{_directory}/none.yaml: no such file",
        (await RefusalAsync(Path.Combine(_directory, "none.yaml"))).Message);

    [Fact]
    public async Task A_directory_is_no_file() =>
        Assert.Equal($"{_directory}: cannot be read: permission denied, or a directory", (await RefusalAsync(_directory)).Message);

    [Fact]
    public async Task Bytes_that_are_not_text_are_refused() =>
        Assert.EndsWith(": not UTF-8", (await RefusalAsync(await WriteAsync([0x61, 0xFF, 0xFE]))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_huge_file_is_not_read()
    {
        var path = await WriteAsync([]);
        using (var file = File.OpenWrite(path))
        {
            file.SetLength(ConfigurationFile.MaxSize + 1);
        }
        Assert.EndsWith($": larger than {ConfigurationFile.MaxSize} bytes", (await RefusalAsync(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("store: ./bucket", "state: ./link/state")]
    [InlineData("store: ./link", "state: ./bucket/state")]
    [InlineData("store: ./link/inner", "state: ./bucket")]
    [InlineData("store: ./bucket", "state: ./chain")]
    [InlineData("store: ./bucket", "state: ./up/../bucket/x")]
    public async Task A_state_that_a_link_leads_into_the_store_is_refused(string store, string state)
    {
        // Neither needs to be there: the folder that the link leads to is made by the first run, perhaps.
        Directory.CreateSymbolicLink(Path.Combine(_directory, "link"), "bucket");
        Directory.CreateSymbolicLink(Path.Combine(_directory, "chain"), Path.Combine(_directory, "link", "ledgers"));
        var path = await WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{store}\n{state}\nmirrors: []\n"));

        Assert.Contains("'state' is in the same place as 'store'", (await RefusalAsync(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_that_lead_in_a_circle_or_elsewhere_are_no_reason_to_refuse()
    {
        Directory.CreateSymbolicLink(Path.Combine(_directory, "a"), "b");
        Directory.CreateSymbolicLink(Path.Combine(_directory, "b"), "a");
        Directory.CreateSymbolicLink(Path.Combine(_directory, "elsewhere"), "ledgers");
        foreach (var state in new[] { "./a/x", "./elsewhere" })
        {
            var path = await WriteAsync(System.Text.Encoding.UTF8.GetBytes($"store: ./bucket\nstate: {state}\nmirrors: []\n"));

            Assert.NotNull((await ConfigurationFile.ReadAsync(path, environment: null, CancellationToken.None)).State);
        }
    }

    private async Task<string> WriteAsync(byte[] bytes)
    {
        var path = Path.Combine(_directory, "mirror.yaml");
        await File.WriteAllBytesAsync(path, bytes);
        return path;
    }

    private static Task<ConfigurationException> RefusalAsync(string path) =>
        Assert.ThrowsAsync<ConfigurationException>(() => ConfigurationFile.ReadAsync(path, environment: null, CancellationToken.None));
}
