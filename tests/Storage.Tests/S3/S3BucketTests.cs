using Amazon.S3.Model;

namespace Mirror.Storage.Tests.S3;

/// <summary>What lies in a bucket, seen from both sides.</summary>
public sealed class S3BucketTests : IAsyncLifetime
{
    private S3TestBucket? _bucket;

    private static CancellationToken Late => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    private S3TestBucket Bucket => _bucket!;

    public async Task InitializeAsync() => _bucket = await S3TestBucket.MakeAsync();

    [Fact]
    public async Task A_store_below_a_prefix_sees_nothing_else()
    {
        foreach (var name in new[] { "a", "deep", "deep/a", "deep/erx", "deep/er2/a" })
        {
            await Bucket.PutAsync(name, "others");
        }
        var store = Bucket.Open("deep/er");
        await store.PutAsync("a", "ours"u8.ToArray(), WriteCondition.IfAbsent, Late);
        await using var lease = await store.TryLeaseAsync("a", TimeSpan.FromMinutes(1), Late);

        Assert.Equal($"s3://{Bucket.Name}/deep/er", store.Name);
        Assert.Equal($"s3://{Bucket.Name}", Bucket.Open().Name);
        Assert.Equal(["a"], await KeysAsync(store));
        Assert.Equal(["a", "deep", "deep/a", "deep/er/a", "deep/er2/a", "deep/erx"], await KeysAsync(Bucket.Open()));
        Assert.Equal("ours"u8.ToArray(), (await Bucket.Open().ReadAsync("deep/er/a", 10, Late)).Bytes.ToArray());
    }

    [Fact]
    public async Task What_others_put_into_the_bucket_is_listed_where_it_has_a_key_and_breaks_nothing()
    {
        string[] names = ["a\tb", "a\u0001", "..", "a/../b", "a//b", "backup~", "folder/", "a\\b", "a\uffffb~", ".mirror~/lease/x"];
        foreach (var name in names)
        {
            await Bucket.PutAsync(name, "junk");
        }
        foreach (var name in new[] { "a b+c", "%41", "a%2Fb", "x&y=<z>\"'" })
        {
            await Bucket.PutAsync(name, name);
        }
        var store = Bucket.Open();

        Assert.Equal(["%41", "a b+c", "a%2Fb", "x&y=<z>\"'"], await KeysAsync(store));
        Assert.Equal(["a b+c"], await KeysAsync(store, "a b+"));
        Assert.Equal("a b+c"u8.ToArray(), (await store.ReadAsync("a b+c", 10, Late)).Bytes.ToArray());
    }

    [Fact]
    public async Task The_storage_class_is_for_what_is_created_and_not_for_what_is_put()
    {
        var store = ObjectStore.OpenS3(Bucket.Address() with { StorageClass = "DEEP_FREEZE" }, S3TestBucket.Login, TimeProvider.System);
        await store.PutAsync("small", "head"u8.ToArray(), WriteCondition.None, Late);

        foreach (var size in new[] { 10, 11_000_000 })
        {
            await using var writer = await store.CreateAsync("large", Late);
            var failure = await Assert.ThrowsAsync<StorageException>(async () =>
            {
                await writer.WriteAsync(new byte[size], Late);
                await writer.CompleteAsync(Late);
            });
            Assert.Equal(StorageFailure.Invalid, failure.Failure);
            Assert.Contains("refused it, perhaps for the storage class 'DEEP_FREEZE': 400", failure.Message, StringComparison.Ordinal);
        }
        Assert.Equal(["small"], await KeysAsync(store));
    }

    [Fact]
    public async Task A_bucket_that_does_not_exist_is_said_to_be_missing_whatever_is_asked()
    {
        var address = Bucket.Address() with { Bucket = "no-such-bucket" };
        Func<ObjectStore, Task>[] actions =
        [
            store => store.TryStatAsync("a", Late), store => store.TryReadAsync("a", 10, Late), store => KeysAsync(store),
            store => store.PutAsync("a", new byte[10], WriteCondition.None, Late), store => store.DeleteAsync("a", Late),
            store => store.PutAsync("a", new byte[10], WriteCondition.IfMatch("0"), Late),
            store => store.OpenReadAsync("a", 5, Late), store => store.TryLeaseAsync("a", TimeSpan.FromMinutes(1), Late),
            async store => await (await store.CreateAsync("a", Late)).CompleteAsync(Late),
        ];
        foreach (var action in actions)
        {
            var store = ObjectStore.OpenS3(address, S3TestBucket.Login, TimeProvider.System);
            var failure = await Assert.ThrowsAsync<StorageException>(() => action(store));
            Assert.True(failure.Failure == StorageFailure.NotFound, failure.Message);
            Assert.Contains("': the bucket does not exist at 127.0.0.1", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_is_too_long_with_the_prefix_is_refused()
    {
        var failure = await Assert.ThrowsAsync<StorageException>(() =>
            Bucket.Open("prefix").PutAsync(new string('k', 1024), new byte[1], WriteCondition.None, Late));

        Assert.Equal(StorageFailure.Invalid, failure.Failure);
    }

    [Fact]
    public async Task Where_versions_are_kept_deleting_nothing_leaves_no_mark()
    {
        var store = Bucket.Open();
        await Bucket.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = Bucket.Name,
            VersioningConfig = new S3BucketVersioningConfig { Status = "Enabled" },
        });
        await store.PutAsync("a", new byte[1], WriteCondition.None, Late);

        Assert.True(await store.DeleteAsync("a", Late));
        Assert.False(await store.DeleteAsync("a", Late));
        Assert.Null(await store.TryStatAsync("a", Late));
        Assert.Equal(2, (await Bucket.Client.ListVersionsAsync(Bucket.Name)).Versions.Count);
    }

    private static async Task<List<string>> KeysAsync(ObjectStore store, string prefix = "") =>
        await store.ListAsync(prefix, Late).Select(found => found.Key).ToListAsync();

    public Task DisposeAsync()
    {
        Bucket.Dispose();
        return Task.CompletedTask;
    }
}
