using Mirror.Age.Signatures;
using Mirror.Streams;
using static Mirror.Mirroring.Tests.Bucket.HeadText;

namespace Mirror.Mirroring.Tests.Bucket;

/// <summary>Who can write to the bucket can put heads of 160 MB there, as many as there are mirrors.</summary>
public sealed class HeadMemoryTests
{
    private const int Junk = 9 * 1024 * 1024;

    // A chunk of age, what is read ahead of it, and the signature.
    private const int Beginning = 200 * 1024;

    public static TheoryData<string> Beginnings =>
        ["", "\n", Text(Signed("{}", SigningKey.Generate("stranger"))), Text(Signed("{}", ns: "file"))];

    [Theory]
    [MemberData(nameof(Beginnings))]
    public async Task Of_a_head_that_nobody_trusts_only_the_beginning_is_read(string beginning)
    {
        var head = new Source(await EncryptAsync([.. System.Text.Encoding.UTF8.GetBytes(beginning), .. new byte[Junk]]));

        var failure = await Assert.ThrowsAsync<ChainException>(() => OpenAsync(head));

        Assert.Equal(ChainFailure.Signature, failure.Failure);
        Assert.InRange(head.ReadCount, 1, Beginning);
    }

    [Fact]
    public async Task Large_heads_are_read_one_at_a_time()
    {
        var forged = await EncryptAsync([.. Signed("{}"), .. new byte[Junk]]);
        var first = new Source(forged) { Hold = new TaskCompletionSource() };
        var second = new Source(forged);

        var reading = OpenAsync(first);
        // Nothing of this waits for anybody but for its turn.
        var waiting = OpenAsync(second);

        Assert.False(reading.IsCompleted);
        Assert.False(waiting.IsCompleted);
        Assert.InRange(second.ReadCount, 1, Beginning);
        first.Hold.SetResult();
        Assert.Equal(ChainFailure.Signature, (await Assert.ThrowsAsync<ChainException>(() => reading)).Failure);
        Assert.Equal(ChainFailure.Signature, (await Assert.ThrowsAsync<ChainException>(() => waiting)).Failure);
        Assert.Equal(forged.Length, second.ReadCount);
    }

    [Fact]
    public async Task A_large_head_whose_store_ignores_cancellation_does_not_keep_the_others_waiting()
    {
        var forged = await EncryptAsync([.. Signed("{}"), .. new byte[Junk]]);
        var (first, second) = (new Source(forged) { Hold = new TaskCompletionSource() }, new Source(forged));
        using var cancellation = new CancellationTokenSource();
        var reading = OpenAsync(first, cancellation.Token);
        var waiting = OpenAsync(second);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
        Assert.Equal(ChainFailure.Signature, (await Assert.ThrowsAsync<ChainException>(() => waiting)).Failure);
        first.Hold.SetResult();
    }

    [Fact]
    public async Task Large_heads_are_sealed_and_put_one_at_a_time_and_a_small_one_waits_for_none()
    {
        var (full, state) = (Value.State.Chain[0], Value.State);
        var large = Value with { State = state with { Chain = [.. Enumerable.Repeat(full, Junk / 1024)] } };
        var put = new TaskCompletionSource<int>();
        var keys = new ProducerKeys([Identity.Recipient], Signing);

        var first = SealedHead.SealAsync(large, keys, _ => put.Task, CancellationToken.None);
        var second = SealedHead.SealAsync(large, keys, _ => Task.FromResult(2), CancellationToken.None);

        Assert.False(second.IsCompleted);
        Assert.Equal(3, await SealedHead.SealAsync(Value, keys, _ => Task.FromResult(3), CancellationToken.None));
        put.SetResult(1);
        Assert.Equal((1, 2), (await first, await second));
    }

    [Fact]
    public async Task A_small_head_waits_for_no_large_one()
    {
        var first = new Source(await EncryptAsync([.. Signed("{}"), .. new byte[Junk]])) { Hold = new TaskCompletionSource() };
        var reading = OpenAsync(first);

        AssertSame(Value, await HeadText.OpenAsync(await EncryptAsync(Signed(Json))));

        Assert.False(reading.IsCompleted);
        first.Hold.SetResult();
        await Assert.ThrowsAsync<ChainException>(() => reading);
    }

    private static string Text(byte[] payload) => System.Text.Encoding.UTF8.GetString(payload);

    private static Task<MirrorHead> OpenAsync(Source head, CancellationToken cancellation = default) =>
        SealedHead.OpenAsync(head, head.Size, new ConsumerKeys([Identity], [Signing.VerifyingKey]), cancellation);

    /// <summary>Counts what is read of it, and stops behind its beginning for as long as it is held.</summary>
    private sealed class Source(byte[] bytes) : ReadOnlyStream
    {
        public int Size => bytes.Length;

        public int ReadCount { get; private set; }

        public TaskCompletionSource? Hold { get; init; }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (ReadCount > Beginning && Hold is not null)
            {
                await Hold.Task;
            }
            var size = Math.Min(buffer.Length, bytes.Length - ReadCount);
            bytes.AsMemory(ReadCount, size).CopyTo(buffer);
            ReadCount += size;
            return size;
        }
    }
}
