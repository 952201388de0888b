using Azure.Storage.Sas;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>Logins: which are taken, what is said of those that are not, and that none is ever shown.</summary>
public sealed class AzureAccessTests : IAsyncLifetime
{
    private const string OtherKey = "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0LXNlY3JldC1zZWNyZXQ=";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly AzureContainerOfTest _container = new();

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    public Task InitializeAsync() => _container.CreateAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_signature_that_may_read_reads_and_says_what_it_lacks_to_write()
    {
        await PutAsync(_container.Open());
        var store = Open(BlobContainerSasPermissions.Read | BlobContainerSasPermissions.List, Hour);

        Assert.Equal("content"u8.ToArray(), (await store.ReadAsync("a", 10, Late)).Bytes.ToArray());
        Assert.NotNull(await store.TryStatAsync("a", Late));
        Assert.Equal(1, await store.ListAsync("", Late).CountAsync(Late));
        await DeniedAsync(() => PutAsync(store), "write 'a': the shared access signature permits 'rl', and this needs 'cw'");
        await DeniedAsync(() => store.DeleteAsync("a", Late), "delete 'a': the shared access signature permits 'rl', and this needs 'd'");
        await DeniedAsync(
            () => store.TryLeaseAsync("a", Hour, Late), "lease 'a': the shared access signature permits 'rl', and this needs 'cw'");
    }

    [Fact]
    public async Task A_signature_that_may_write_writes_and_says_what_it_lacks_to_read()
    {
        var store = Open(BlobContainerSasPermissions.Write | BlobContainerSasPermissions.Create | BlobContainerSasPermissions.Delete, Hour);

        await PutAsync(store);
        await using (var writer = await store.CreateAsync("large", WriteCondition.IfAbsent, Late))
        {
            await writer.WriteAsync(new byte[6_000_000], Late);
            await writer.CompleteAsync(Late);
        }
        await (await store.TryLeaseAsync("a", Hour, Late))!.DisposeAsync();
        await DeniedAsync(() => store.ReadAsync("a", 10, Late), "read 'a': the shared access signature permits 'cwd', and this needs 'r'");
        await DeniedAsync(
            () => store.TryStatAsync("a", Late), "look at 'a': the shared access signature permits 'cwd', and this needs 'r'");
        await DeniedAsync(
            async () => await store.ListAsync("", Late).CountAsync(Late),
            "list '': the shared access signature permits 'cwd', and this needs 'l'");
        // What is there cannot be looked at, to find out whether it is our own.
        var conflict = await Assert.ThrowsAsync<StorageException>(() => store.PutAsync("a", default, WriteCondition.IfAbsent, Late));
        Assert.Equal(StorageFailure.Conflict, conflict.Failure);
        Assert.True(await store.DeleteAsync("a", Late));
    }

    [Fact]
    public Task An_expired_signature_is_said_to_be_one() =>
        DeniedAsync(() => PutAsync(Open(BlobContainerSasPermissions.All, -Hour)),
            "write 'a': the shared access signature expired at 20", ": a new one is needed");

    [Fact]
    public Task A_signature_that_is_not_good_yet_is_said_to_be_one() =>
        DeniedAsync(() => PutAsync(Open(BlobContainerSasPermissions.All, Hour * 5)),
            "write 'a': the shared access signature is not good before 20");

    [Fact]
    public async Task A_signature_in_a_connection_string_is_one_too()
    {
        var signature = _container.Signature(BlobContainerSasPermissions.Read, Hour).TrimStart('?');
        var text = $"BlobEndpoint={_container.Endpoint()};SharedAccessSignature={signature}";
        var store = _container.Open(new AzureLogin.ConnectionString(AzureContainerOfTest.Always(text)));

        Assert.Null(await store.TryReadAsync("a", 10, Late));
        await DeniedAsync(() => PutAsync(store), "write 'a': the shared access signature permits 'r', and this needs 'cw'");
    }

    [Fact]
    public async Task A_wrong_key_is_denied()
    {
        var text = _container.ConnectionString(key: OtherKey);
        var store = _container.Open(new AzureLogin.ConnectionString(AzureContainerOfTest.Always(text)));

        await DeniedAsync(() => PutAsync(store), "write 'a': the account's key is wrong or no longer good");
        await DeniedAsync(() => store.TryStatAsync("a", Late), "look at 'a': the account's key is wrong or no longer good");
    }

    [Fact]
    public async Task A_signature_is_asked_for_anew_when_it_has_expired()
    {
        var asked = new List<LoginAge>();
        var store = _container.Open(new AzureLogin.Signature((age, _) =>
        {
            asked.Add(age);
            return ValueTask.FromResult(_container.Signature(BlobContainerSasPermissions.All, age == LoginAge.New ? Hour : -Hour));
        }));
        Assert.Empty(asked);

        await PutAsync(store);
        await PutAsync(store);

        Assert.Equal([LoginAge.Any, LoginAge.New], asked);
    }

    [Fact]
    public async Task A_key_is_asked_for_anew_when_it_was_rotated()
    {
        var store = _container.Open(new AzureLogin.ConnectionString((age, _) =>
            ValueTask.FromResult(_container.ConnectionString(key: age == LoginAge.New ? AzuriteServer.Key : OtherKey))));

        await PutAsync(store);

        Assert.Equal(1, await store.ListAsync("", Late).CountAsync(Late));
    }

    [Theory]
    [InlineData("secret-secret")]
    [InlineData("AccountKey=secret-secret")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=secret-secret")]
    [InlineData("DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=secret-secret!;EndpointSuffix=core.windows.net")]
    [InlineData("BlobEndpoint=secret-secret;AccountKey=secret-secret")]
    [InlineData("")]
    public async Task What_is_no_connection_string_is_invalid_and_not_shown(string text)
    {
        var store = _container.Open(new AzureLogin.ConnectionString(AzureContainerOfTest.Always(text)));

        var failure = await Assert.ThrowsAsync<StorageException>(() => PutAsync(store));

        Assert.Equal(StorageFailure.Invalid, failure.Failure);
        Assert.EndsWith(
            "write 'a': the login is no connection string: one looks like 'DefaultEndpointsProtocol=https;AccountName=…;AccountKey=…'",
            failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret-secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("secret-secret")]
    [InlineData("sv=2022&sp=r&secret-secret")]
    public async Task What_is_no_signature_is_invalid_and_not_shown(string text)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(() =>
            PutAsync(_container.Open(new AzureLogin.Signature(AzureContainerOfTest.Always(text)))));

        Assert.Equal(StorageFailure.Invalid, failure.Failure);
        Assert.DoesNotContain("secret-secret", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_connection_string_of_another_account_is_refused()
    {
        var address = _container.Address() with { Account = "other" };
        var login = new AzureLogin.ConnectionString(AzureContainerOfTest.Always(_container.ConnectionString()));

        var failure = await Assert.ThrowsAsync<StorageException>(
            () => PutAsync(ObjectStore.OpenAzure(address, login, TimeProvider.System)));

        Assert.Equal(
            (StorageFailure.Invalid,
                $"az://other/{_container.Name}: write 'a': the connection string is for the account 'devstoreaccount1'"),
            (failure.Failure, failure.Message));
    }

    [Fact]
    public async Task A_machines_identity_is_not_shown_over_http()
    {
        var failure = await Assert.ThrowsAsync<StorageException>(() => PutAsync(_container.Open(new AzureLogin.Machine())));

        Assert.Equal(StorageFailure.Invalid, failure.Failure);
        Assert.Contains("only shown over https", failure.Message, StringComparison.Ordinal);
    }

    private ObjectStore Open(BlobContainerSasPermissions permissions, TimeSpan life) =>
        _container.Open(new AzureLogin.Signature(AzureContainerOfTest.Always(_container.Signature(permissions, life))));

    private Task<string> PutAsync(ObjectStore store) => store.PutAsync("a", "content"u8.ToArray(), WriteCondition.None, Late);

    private static async Task DeniedAsync(Func<Task> action, params string[] words)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(action);
        Assert.Equal(StorageFailure.Denied, failure.Failure);
        Assert.All(words, word => Assert.Contains(word, failure.Message, StringComparison.Ordinal));
        foreach (var secret in new[] { "sig=", OtherKey, AzuriteServer.Key, "AccountKey" })
        {
            Assert.DoesNotContain(secret, failure.ToString(), StringComparison.Ordinal);
        }
    }
}
