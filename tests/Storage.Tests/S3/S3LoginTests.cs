using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests.S3;

/// <summary>Who one is, and what that one may do.</summary>
public sealed class S3LoginTests : IAsyncLifetime
{
    private S3TestBucket? _bucket;

    private static CancellationToken Late => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    private S3TestBucket Bucket => _bucket!;

    public async Task InitializeAsync()
    {
        _bucket = await S3TestBucket.MakeAsync();
        await Bucket.PutAsync("a", "content");
    }

    [Fact]
    public async Task Who_may_only_read_is_told_which_right_is_missing()
    {
        await AllowReaderAsync("""{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/*"}""",
            """{"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::BUCKET"}""");
        var store = OpenAs(S3TestBucket.LoginOf(RadosGateway.Reader));

        Assert.Equal(7, (await store.TryStatAsync("a", Late))!.Value.Size);
        Assert.Equal("content"u8.ToArray(), (await store.ReadAsync("a", 10, Late)).Bytes.ToArray());
        Assert.Equal("a", Assert.Single(await store.ListAsync("", Late).ToListAsync()).Key);
        Assert.Null(await store.TryStatAsync("b", Late));
        Assert.Null(await store.TryReadAsync("b", 10, Late));

        await IsDeniedAsync("write 'b': access denied: it takes s3:PutObject on arn:aws:s3:::BUCKET/*", () => PutAsync(store, "b"));
        await IsDeniedAsync("delete 'a': access denied: it takes s3:GetObject and s3:DeleteObject on arn:aws:s3:::BUCKET/*",
            () => store.DeleteAsync("a", Late));
        await IsDeniedAsync("lease 'a': access denied: it takes s3:GetObject and s3:PutObject on arn:aws:s3:::BUCKET/*",
            () => store.TryLeaseAsync("a", TimeSpan.FromMinutes(1), Late));
        await IsDeniedAsync("write 'b': access denied: it takes s3:PutObject on arn:aws:s3:::BUCKET/*", async () =>
        {
            await using var writer = await store.CreateAsync("b", Late);
            await writer.WriteAsync(new byte[11_000_000], Late);
        });
    }

    [Fact]
    public async Task Who_may_not_list_is_told_that_absence_looks_like_denial()
    {
        await AllowReaderAsync("""{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::BUCKET/*"}""");
        var store = OpenAs(S3TestBucket.LoginOf(RadosGateway.Reader));

        Assert.Equal(7, (await store.TryStatAsync("a", Late))!.Value.Size);
        await IsDeniedAsync("list '': access denied: it takes s3:ListBucket on arn:aws:s3:::BUCKET",
            () => store.ListAsync("", Late).ToListAsync().AsTask());
        await IsDeniedAsync(
            "read 'b': access denied: it takes s3:GetObject on arn:aws:s3:::BUCKET/*; for what is absent, which is else denied too, "
                + "s3:ListBucket on arn:aws:s3:::BUCKET",
            () => store.TryReadAsync("b", 10, Late));
    }

    [Theory]
    [InlineData(RadosGateway.Writer, "wrong-secret", "the secret key does not belong to the access key")]
    [InlineData("unknown", "wrong-secret", "127.0.0.1:PORT does not know the access key")]
    [InlineData("", "wrong-secret", "the access key or the secret key is empty")]
    public async Task Wrong_keys_are_said_to_be_wrong_whatever_is_asked(string accessKey, string secretKey, string message)
    {
        var store = OpenAs(S3TestBucket.LoginOf(new S3Keys(accessKey, secretKey, Token: null)));

        await IsDeniedAsync($"look at 'a': {message}", () => store.TryStatAsync("a", Late));
        await IsDeniedAsync($"look at 'b': {message}", () => store.TryStatAsync("b", Late));
        await IsDeniedAsync($"read 'a': {message}", () => store.TryReadAsync("a", 10, Late));
        await IsDeniedAsync($"list '': {message}", () => store.ListAsync("", Late).ToListAsync().AsTask());
        await IsDeniedAsync($"write 'a': {message}", () => PutAsync(store, "a"));
    }

    [Fact]
    public async Task Keys_that_were_rotated_are_read_anew_and_what_was_under_way_goes_on()
    {
        var asked = new List<LoginAge>();
        var store = OpenAs(new S3Login.Keys((age, _) =>
        {
            asked.Add(age);
            return ValueTask.FromResult(new S3Keys(RadosGateway.Writer, age == LoginAge.New ? "writer-secret" : "before", Token: null));
        }));
        Assert.Empty(asked);
        var bytes = new byte[3_000_000];
        new Random(1).NextBytes(bytes);

        await using var writer = await store.CreateAsync("b", Late);
        await writer.WriteAsync(bytes, Late);
        await writer.CompleteAsync(Late);

        Assert.Equal([LoginAge.Any, LoginAge.New], asked);
        Assert.Equal(bytes, (await Bucket.Open().ReadAsync("b", bytes.Length, Late)).Bytes.ToArray());
    }

    // The environment is the whole process's; of all tests, this one alone looks at the variables of Amazon.
    [Fact]
    public async Task A_machine_is_who_its_variables_or_its_profiles_say_or_nobody()
    {
        await IsDeniedAsync(
            "look at 'a': no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, "
                + "or give this machine a role",
            () => OpenAs(new S3Login.Machine()).TryStatAsync("a", Late));
        await IsDeniedAsync("look at 'a': there is no profile 'none' in ~/.aws/config or ~/.aws/credentials",
            () => OpenAs(new S3Login.Profile("none")).TryStatAsync("a", Late));
        await IsDeniedAsync("look at 'a': the profile 'nobody' gives no credentials",
            () => OpenAs(new S3Login.Profile("nobody")).TryStatAsync("a", Late));
        Assert.NotNull(await OpenAs(new S3Login.Profile("writer")).TryStatAsync("a", Late));
        var lost = ObjectStore.OpenS3(new S3Location(Bucket.Name, ""), new S3Login.Machine(), TimeProvider.System);
        var failure = await Assert.ThrowsAsync<StorageException>(() => lost.TryStatAsync("a", Late));
        Assert.Equal(StorageFailure.Invalid, failure.Failure);
        Assert.EndsWith(
            "no region is known: say ?region=REGION behind the bucket, or set AWS_REGION", failure.Message, StringComparison.Ordinal);
        Set("AWS_ACCESS_KEY_ID", "writer");
        Set("AWS_SECRET_ACCESS_KEY", "writer-secret");
        Assert.NotNull(await OpenAs(new S3Login.Machine()).TryStatAsync("a", Late));
    }

    private static void Set(string name, string value) => Environment.SetEnvironmentVariable(name, value);

    private ObjectStore OpenAs(S3Login login) => ObjectStore.OpenS3(Bucket.Address(), login, TimeProvider.System);

    private static async Task PutAsync(ObjectStore store, string key) => await store.PutAsync(key, new byte[10], WriteCondition.None, Late);

    private async Task AllowReaderAsync(params string[] statements)
    {
        var principal = "\"Principal\": {\"AWS\": [\"arn:aws:iam:::user/reader\"]}, ";
        var all = string.Join(", ", statements.Select(one => one.Insert(1, principal)));
        var policy = $$"""{"Version": "2012-10-17", "Statement": [{{all}}]}""";
        await Bucket.Client.PutBucketPolicyAsync(Bucket.Name, policy.Replace("BUCKET", Bucket.Name, StringComparison.Ordinal));
    }

    private async Task IsDeniedAsync(string message, Func<Task> action)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(action);
        Assert.Equal(StorageFailure.Denied, failure.Failure);
        var expected = message.Replace("BUCKET", Bucket.Name, StringComparison.Ordinal)
            .Replace("PORT", $"{Bucket.Endpoint.Port}", StringComparison.Ordinal);
        Assert.Contains($"s3://{Bucket.Name}: {expected}", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", failure.ToString(), StringComparison.Ordinal);
    }

    public Task DisposeAsync()
    {
        Bucket.Dispose();
        return Task.CompletedTask;
    }
}
