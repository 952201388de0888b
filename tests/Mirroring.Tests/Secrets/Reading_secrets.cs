using Mirror.Storage;

namespace Mirror.Mirroring.Tests;

public sealed class Reading_secrets : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mirror-secrets-").FullName;
    private readonly SecretReader _secrets = new(name => name switch { "TOKEN" => "hunter2hunter2", "EMPTY" => "", _ => null });

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_variable_is_read() => Assert.Equal("hunter2hunter2", await ReadAsync("env:TOKEN"));

    [Theory]
    [InlineData("secret", "secret")]
    [InlineData("secret\n", "secret")]
    [InlineData("secret\r\n", "secret")]
    [InlineData("secret\n\n", "secret\n")]
    [InlineData(" secret ", " secret ")]
    [InlineData("\uFEFFsecret", "secret")]
    public async Task A_file_loses_one_line_end(string content, string expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "s"), content);
        Assert.Equal(expected, await ReadAsync("file:s"));
    }

    [Fact]
    public async Task A_file_that_changed_is_read_again()
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "s"), "first-value");
        Assert.Equal("first-value", await ReadAsync("file:s"));
        await File.WriteAllTextAsync(Path.Combine(_directory, "s"), "other-value");
        Assert.Equal("other-value", await ReadAsync("file:s"));
        Assert.Equal("*** and ***", _secrets.Redact("first-value and other-value"));
    }

    [Theory]
    [InlineData("env:NONE", "env:NONE: the variable is not set")]
    [InlineData("env:EMPTY", "env:EMPTY: is empty")]
    [InlineData("file:empty", "file:empty: is empty")]
    public async Task What_cannot_be_had_is_named(string reference, string expected)
    {
        await File.WriteAllTextAsync(Path.Combine(_directory, "empty"), "\n");
        Assert.Equal(expected, (await Assert.ThrowsAsync<SecretException>(() => ReadAsync(reference))).Message);
    }

    [Fact]
    public async Task A_missing_file_is_named_with_its_place() => Assert.Equal(
        $"file:none: no such file at '{_directory}/none'",
        (await Assert.ThrowsAsync<SecretException>(() => ReadAsync("file:none"))).Message);

    [Fact]
    public async Task A_large_file_is_no_secret()
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory, "large"), new byte[SecretReader.MaxSize + 1]);
        var exception = await Assert.ThrowsAsync<SecretException>(() => ReadAsync("file:large"));
        Assert.StartsWith("file:large: larger than 65536 bytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_are_refused()
    {
        await File.WriteAllBytesAsync(Path.Combine(_directory, "binary"), [0xFF, 0xFE]);
        Assert.Equal("file:binary: is not UTF-8 text", (await Assert.ThrowsAsync<SecretException>(() => ReadAsync("file:binary"))).Message);
    }

    private Task<string> ReadAsync(string reference) =>
        _secrets.ReadAsync(SecretReference.Parse(reference, _directory), LoginAge.Any, CancellationToken.None).AsTask();
}
