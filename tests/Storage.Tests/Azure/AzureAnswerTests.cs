using System.Globalization;
using System.Text;
using Azure;
using Azure.Identity;
using Azure.Storage.Blobs;
using Mirror.Storage.Azure;
using Mirror.Storage.Drivers;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>What answers that Azurite never gives come to.</summary>
public sealed class AzureAnswerTests
{
    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    [Theory]
    [InlineData(503, "ServerBusy", StorageFailure.Throttled, 4)]
    [InlineData(429, "TooManyRequests", StorageFailure.Throttled, 4)]
    [InlineData(500, "OperationTimedOut", StorageFailure.Throttled, 4)]
    [InlineData(500, "InternalError", StorageFailure.Unavailable, 4)]
    [InlineData(502, null, StorageFailure.Unavailable, 4)]
    [InlineData(302, null, StorageFailure.Unavailable, 1)]
    [InlineData(400, "InvalidUri", StorageFailure.Invalid, 1)]
    [InlineData(400, "UnsupportedHeader", StorageFailure.Invalid, 1)]
    [InlineData(403, "AuthorizationFailure", StorageFailure.Denied, 1)]
    [InlineData(403, null, StorageFailure.Denied, 1)]
    [InlineData(409, "BlobImmutableDueToPolicy", StorageFailure.Denied, 1)]
    [InlineData(409, "BlobArchived", StorageFailure.Invalid, 1)]
    [InlineData(409, "ContainerBeingDeleted", StorageFailure.Unavailable, 1)]
    [InlineData(412, "LeaseIdMissing", StorageFailure.Conflict, 1)]
    public async Task Each_answer_has_one_meaning_and_what_may_pass_is_asked_again(
        int status, string? code, StorageFailure expected, int requestCount)
    {
        await using var server = new FakeServer(FakeAnswer.Raw(Answer(status, code)));

        var failure = await Assert.ThrowsAsync<StorageException>(() =>
            Open(server).PutAsync("a", "content"u8.ToArray(), WriteCondition.None, Late));

        Assert.Equal((expected, failure.Message), (failure.Failure, failure.Message));
        Assert.Equal(requestCount, server.Requests.Count);
        Assert.True(failure.Message.Length < 250 && !failure.Message.Contains('\n', StringComparison.Ordinal), failure.Message);
    }

    [Fact]
    public async Task A_busy_server_that_is_not_busy_any_more_is_no_failure()
    {
        await using var server = new FakeServer(FakeAnswer.InTurn(
            FakeAnswer.Raw(Answer(503, "ServerBusy", "Retry-After: 1")),
            FakeAnswer.Raw(Answer(201, code: null, "ETag: \"0x1\"", "Last-Modified: Sat, 31 Jan 2026 10:00:00 GMT"))));

        Assert.Equal("\"0x1\"", await Open(server).PutAsync("a", "content"u8.ToArray(), WriteCondition.None, Late));
    }

    [Fact]
    public async Task A_server_that_asks_for_an_hour_is_not_waited_for()
    {
        await using var server = new FakeServer(FakeAnswer.Raw(Answer(503, "ServerBusy", "Retry-After: 3600")));

        var failure = await Assert.ThrowsAsync<StorageException>(() => Open(server).TryReadAsync("a", 1, Late));

        Assert.Equal(StorageFailure.Throttled, failure.Failure);
    }

    [Theory]
    [InlineData("<html><p>Sign in")]
    [InlineData("")]
    [InlineData("<html><p>Sign in</p></html>")]
    [InlineData("<EnumerationResults><Blobs><Blob><Properties><Content-Length>x</Content-Length></Properties></Blob></Blobs>"
        + "</EnumerationResults>")]
    public async Task A_page_for_people_is_no_object_and_no_listing(string page)
    {
        await using var server = new FakeServer(FakeAnswer.Ok("text/html", Encoding.UTF8.GetBytes(page)));
        var store = Open(server);
        Func<Task>[] actions =
        [
            () => store.TryStatAsync("a", Late), () => store.TryReadAsync("a", 1_000, Late), () => store.DeleteAsync("a", Late),
            async () => await store.ListAsync("", Late).CountAsync(Late), () => store.PutAsync("a", default, WriteCondition.None, Late),
        ];

        foreach (var action in actions)
        {
            var failure = await Assert.ThrowsAsync<StorageException>(action);
            Assert.Equal((StorageFailure.Unavailable, failure.Message), (failure.Failure, failure.Message));
        }
    }

    [Theory]
    [InlineData(17, "behind")]
    [InlineData(-65, "ahead")]
    public async Task A_clock_that_is_wrong_is_said_to_be(int minutes, string word)
    {
        var date = DateTimeOffset.UtcNow.AddMinutes(minutes).ToString("R", CultureInfo.InvariantCulture);
        await using var server = new FakeServer(FakeAnswer.Raw(Answer(403, "AuthenticationFailed", $"Date: {date}")));

        var failure = await Assert.ThrowsAsync<StorageException>(() => Open(server).TryReadAsync("a", 1, Late));

        Assert.EndsWith(
            $"read 'a': this machine's clock is {Math.Abs(minutes)} minutes {word}: set it", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(StoreAction.Read), "Reader")]
    [InlineData(nameof(StoreAction.LookAt), "Reader")]
    [InlineData(nameof(StoreAction.List), "Reader")]
    [InlineData(nameof(StoreAction.Write), "Contributor")]
    [InlineData(nameof(StoreAction.Delete), "Contributor")]
    [InlineData(nameof(StoreAction.Lease), "Contributor")]
    public void A_machine_without_a_role_is_told_which(string action, string role)
    {
        var refusal = new RequestFailedException(403, "a page of headers", "AuthorizationPermissionMismatch", innerException: null);

        Assert.Equal(
            (StorageFailure.Denied, $"the login may not: it needs the role 'Storage Blob Data {role}' on the container 'container'"),
            AzureFailure.Explain(refusal, Scene(Enum.Parse<StoreAction>(action))));
    }

    [Fact]
    public void A_machine_without_a_login_is_told_how_to_get_one()
    {
        var none = AzureFailure.Explain(
            new CredentialUnavailableException("- EnvironmentCredential\n- a page of others"), Scene(StoreAction.Read));
        var unreached = AzureFailure.Explain(
            new AuthenticationFailedException("words", new HttpRequestException()), Scene(StoreAction.Read));
        var wrong = AzureFailure.Explain(
            new AuthenticationFailedException("AADSTS7000215: Invalid client secret.\r\nTrace"), Scene(StoreAction.Read));

        Assert.Equal(StorageFailure.Denied, none!.Value.Failure);
        Assert.Contains("'az login'", none.Value.Message, StringComparison.Ordinal);
        Assert.Equal((StorageFailure.Unavailable, "this machine's identity cannot be proved: its authority cannot be reached"), unreached);
        Assert.Equal((StorageFailure.Denied, "the login at Azure failed: AADSTS7000215: Invalid client secret."), wrong);
    }

    [Fact]
    public void What_is_no_failure_of_the_store_is_not_explained()
    {
        Assert.Null(AzureFailure.Explain(new OperationCanceledException(), Scene(StoreAction.Read)));
        Assert.Null(AzureFailure.Explain(new InvalidOperationException(), Scene(StoreAction.Read)));
        Assert.Null(AzureFailure.Explain(new FileNotFoundException("Could not load file or assembly"), Scene(StoreAction.Read)));
        // Each attempt was given up after its time.
        Assert.Equal(
            (StorageFailure.Unavailable, "account.blob.core.windows.net does not answer"),
            AzureFailure.Explain(new AggregateException(new IOException(), new TaskCanceledException()), Scene(StoreAction.Read)));
    }

    private static AzureErrorContext Scene(StoreAction action) => new(
        action,
        new AzureLocation("account", "container", ""),
        new AzureConnection(
            new BlobContainerClient(new Uri("https://account.blob.core.windows.net/container")), AzureIdentity.Entra, Signature: null),
        DateTimeOffset.UtcNow);

    private static ObjectStore Open(FakeServer server)
    {
        var address =
            new AzureLocation(AzuriteServer.Account, "container", "") { Endpoint = new Uri($"{server.Url}/{AzuriteServer.Account}") };
        var login = $"AccountName={AzuriteServer.Account};AccountKey={AzuriteServer.Key};BlobEndpoint={address.Endpoint}";
        return ObjectStore.OpenAzure(address, new AzureLogin.ConnectionString((_, _) => ValueTask.FromResult(login)), TimeProvider.System);
    }

    private static byte[] Answer(int status, string? code, params string[] headers)
    {
        var body = code is null
            ? ""
            : $"""<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code>""" + "<Message>A\nlong\nstory</Message></Error>";
        string[] all = code is null ? headers : [$"x-ms-error-code: {code}", .. headers];
        return FakeAnswer.Bytes(status, code is null ? "text/html" : "application/xml", Encoding.UTF8.GetBytes(body), all);
    }
}
