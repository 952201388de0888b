namespace Mirror.Storage.Tests;

public abstract partial class StoreContract
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(1_000, 1)]
    [InlineData(4_096, 4_096)]
    [InlineData(65_537, 1_000)]
    [InlineData(5 * 1024 * 1024 + 3, 65_536)]
    [InlineData(9 * 1024 * 1024, 9 * 1024 * 1024)]
    public async Task What_is_written_is_read_again(int size, int pieceSize)
    {
        var (store, bytes) = (Open(), Random(size));

        var written = await WriteAsync(store, "folder/object", bytes, pieceSize);

        Assert.Equal(("folder/object", size), (written.Key, written.Size));
        Assert.Equal(bytes, await ReadAsync(store, "folder/object", pieceSize: pieceSize));
        if (!TellsTimeOfWrite)
        {
            var told = (await store.TryStatAsync("folder/object", Late))!.Value.Modified;
            Assert.InRange(written.Modified, told.AddSeconds(-30), told.AddSeconds(30));
            written = written with { Modified = told };
        }
        Assert.Equal(written, await store.TryStatAsync("folder/object", Late));
        Assert.Equal([written], await ListAsync(store));
        await using var reader = await store.OpenReadAsync("folder/object", 0, Late);
        Assert.Equal(written, reader.Stored);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(0, 1L)]
    [InlineData(1, null)]
    [InlineData(70_000, 10L)]
    [InlineData(99_999, null)]
    [InlineData(99_990, 100L)]
    [InlineData(100_000, null)]
    [InlineData(100_000, 5L)]
    [InlineData(5, 0L)]
    [InlineData(7, long.MaxValue)]
    public async Task A_part_is_read(int offset, long? size)
    {
        var (store, bytes) = (Open(), Random(100_000));
        await store.PutAsync("a", bytes, WriteCondition.None, Late);

        var expected = bytes[offset..(int)Math.Min(bytes.Length, offset + Math.Min(size ?? bytes.Length, bytes.Length))];
        Assert.Equal(expected, await ReadAsync(store, "a", offset, size));
    }

    [Fact]
    public async Task A_part_beyond_the_end_is_refused()
    {
        var store = Open();
        await PutAsync(store, "a", "four");

        var failure = await FailsAsync(StorageFailure.Invalid, () => store.OpenReadAsync("a", 5, Late));

        Assert.EndsWith("read 'a': offset 5 is beyond its end at 4", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => store.OpenReadAsync("a", -1, Late));
    }

    [Fact]
    public async Task A_small_object_is_read_whole_up_to_a_limit()
    {
        var store = Open();
        var etag = await PutAsync(store, "a", "four");

        var content = await store.ReadAsync("a", 4, Late);

        Assert.Equal("four"u8.ToArray(), content.Bytes.ToArray());
        Assert.Equal(etag, content.ETag);
        Assert.Equal(content.ETag, (await store.TryReadAsync("a", 4, Late))!.ETag);
        await FailsAsync(StorageFailure.Invalid, () => store.ReadAsync("a", 3, Late));
        await FailsAsync(StorageFailure.Invalid, () => store.TryReadAsync("a", 3, Late));
    }

    [Fact]
    public async Task A_small_object_may_be_written_as_it_is_made()
    {
        var store = Open();
        var content = new ObjectContent(1, async (to, token) =>
        {
            await to.WriteAsync("fo"u8.ToArray(), token);
            await to.WriteAsync("ur"u8.ToArray(), token);
        });

        var etag = await store.PutContentAsync("a", content, WriteCondition.IfAbsent, Late);

        Assert.Equal("four"u8.ToArray(), (await store.ReadAsync("a", 4, Late)).Bytes.ToArray());
        Assert.Equal(etag, (await store.TryStatAsync("a", Late))!.Value.ETag);
        await FailsAsync(StorageFailure.Conflict, () => store.PutContentAsync("a", content, WriteCondition.IfAbsent, Late));
    }

    [Fact]
    public async Task A_small_object_that_cannot_be_made_to_its_end_was_never_there()
    {
        var store = Open();
        var content = new ObjectContent(100, async (to, token) =>
        {
            await to.WriteAsync("half"u8.ToArray(), token);
            throw new ArithmeticException("no more");
        });

        await Assert.ThrowsAsync<ArithmeticException>(() => store.PutContentAsync("a", content, WriteCondition.None, Late));

        Assert.Empty(await ListAsync(store));
    }

    [Fact]
    public async Task What_is_not_there_is_no_failure_to_those_who_ask()
    {
        var store = Open();

        Assert.Null(await store.TryStatAsync("a/b", Late));
        Assert.Null(await store.TryReadAsync("a/b", 10, Late));
        Assert.False(await store.DeleteAsync("a/b", Late));
        Assert.Empty(await ListAsync(store));
        Assert.Empty(await ListAsync(store, "a/b/c"));
        var failure = await FailsAsync(StorageFailure.NotFound, () => store.ReadAsync("a/b", 10, Late));
        await FailsAsync(StorageFailure.NotFound, () => store.OpenReadAsync("a/b", 0, Late));
        Assert.Equal($"{store.Name}: read 'a/b': there is no such object", failure.Message);
        Assert.False(failure.IsTransient);
    }

    [Fact]
    public async Task A_deleted_object_is_gone()
    {
        var store = Open();
        await PutAsync(store, "a/b", "1");
        await PutAsync(store, "a/c", "2");

        Assert.True(await store.DeleteAsync("a/b", Late));

        Assert.False(await store.DeleteAsync("a/b", Late));
        Assert.Equal(["a/c"], await KeysAsync(store));
    }

    [Fact]
    public async Task An_object_that_is_not_completed_was_never_there()
    {
        var store = Open();
        await PutAsync(store, "old", "old");
        foreach (var key in new[] { "old", "new" })
        {
            await using var writer = await store.CreateAsync(key, Late);
            await writer.WriteAsync(Random(200_000), Late);
            Assert.Equal(["old"], await KeysAsync(store));
        }

        Assert.Equal(["old"], await KeysAsync(store));
        Assert.Equal("old"u8.ToArray(), await ReadAsync(store, "old"));
    }

    [Fact]
    public async Task An_object_is_completed_once_and_not_after_a_failed_write()
    {
        var store = Open();
        await using var complete = await store.CreateAsync("complete", Late);
        await complete.CompleteAsync(Late);
        await using var cancelled = await store.CreateAsync("cancelled", Late);
        var over = new CancellationToken(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await cancelled.WriteAsync(Random(10), over));

        await Assert.ThrowsAsync<InvalidOperationException>(() => complete.CompleteAsync(Late));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await complete.WriteAsync(Random(1), Late));
        await Assert.ThrowsAsync<InvalidOperationException>(() => cancelled.CompleteAsync(Late));
        await cancelled.DisposeAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => cancelled.CompleteAsync(Late));
        Assert.Equal(["complete"], await KeysAsync(store));
    }

    [Fact]
    public async Task Readers_of_an_object_that_is_being_replaced_see_one_of_them_whole()
    {
        var (store, other) = (Open(), Open());
        byte[] Version(int i) => Random(20_000 + i, seed: i);
        await WriteAsync(store, "a", Version(0), 1_000);
        var writing = Task.Run(async () =>
        {
            for (var i = 1; i <= 30; i++)
            {
                await WriteAsync(store, "a", Version(i), 5_000);
            }
        });

        var last = 0;
        while (!writing.IsCompleted || last < 30)
        {
            var bytes = await ReadAsync(other, "a");
            Assert.Equal(Version(bytes.Length - 20_000), bytes);
            Assert.True(bytes.Length - 20_000 >= last, "an older version came back");
            last = bytes.Length - 20_000;
        }
        await writing;
    }
}
