using System.Text;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Clouds;

/// <summary>What only the program shows, as it is set up: answers that come in pieces, logins that cannot be had.</summary>
public sealed class StoreTroubleTests
{
    private const string Azure = "az://account/{0}?endpoint={1}";
    private const string S3 = "s3://{0}?endpoint={1}";

    private readonly MirrorProgram _program = new();

    /// <summary>
    /// The SDKs read what a refusal says synchronously, and what continues after a read runs where the socket was found ready.
    /// </summary>
    [Theory]
    [InlineData(Azure)]
    [InlineData(S3)]
    public async Task A_refusal_whose_words_come_later_holds_nothing_up(string location)
    {
        var absence = Encoding.UTF8.GetBytes(
            $"<Error><Code>{(location == Azure ? "BlobNotFound" : "NoSuchKey")}</Code><Message>words</Message></Error>");
        await using var server = new FakeServer(async (request, stream, cancellation) =>
        {
            await request.ReadBodyAsync(cancellation);
            if (request.Target.Contains("list", StringComparison.Ordinal))
            {
                await stream.WriteAsync(FakeAnswer.Bytes(200, "application/xml", EmptyListing), cancellation);
                return;
            }
            var refusal = FakeAnswer.Bytes(404, "application/xml", absence);
            await stream.WriteAsync(refusal.AsMemory(..^absence.Length), cancellation);
            await Task.Delay(TimeSpan.FromMilliseconds(200), cancellation);
            await stream.WriteAsync(absence, cancellation);
        });
        await ConfigureAsync(location, server.Url);
        _program.Environment["SIGNATURE"] = "sv=2022&sp=rl&sig=secret";
        _program.Environment["S3_KEY"] = "secret-key";

        var result = await _program.RunAsync("status", "-v").WaitAsync(Hang.Limit);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.StartsWith("ce/a: ", result.Output, StringComparison.Ordinal);
    }

    private static byte[] EmptyListing { get; } =
        "<EnumerationResults><IsTruncated>false</IsTruncated><Blobs /><NextMarker /></EnumerationResults>"u8.ToArray();

    [Theory]
    [InlineData(Azure, "az://account/state: list '': env:SIGNATURE: the variable is not set")]
    [InlineData(S3, "s3://state: list '': env:S3_KEY: the variable is not set")]
    public async Task A_login_that_cannot_be_had_is_one_clear_error(string location, string message)
    {
        await ConfigureAsync(location, "http://127.0.0.1:1");

        var result = await _program.RunAsync("status");

        Assert.Equal((1, "", $"error: {message}\n"), (result.ExitCode, result.Output, result.Error));
    }

    private Task ConfigureAsync(string location, string url)
    {
        string At(string place) => string.Format(null, CompositeFormat.Parse(location), place, url);
        return _program.WriteAsync("mirror.yaml", $"""
            store: {At("store")}
            state: {At("state")}
            credentials:
              - match: az://account
                sas: env:SIGNATURE
              - match: s3://store
                access_key: env:S3_KEY
                secret_key: env:S3_KEY
              - match: s3://state
                access_key: env:S3_KEY
                secret_key: env:S3_KEY
            mirrors:
              - name: ce/a
                source: a
                destination: b

            """);
    }
}
