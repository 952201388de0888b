using static Mirror.Age.Tests.Handmade;

namespace Mirror.Age.Tests;

/// <summary>Chunks that are missing, doubled, out of order or too many, each authentic for itself.</summary>
public class PayloadTests
{
    [Fact]
    public async Task The_chunks_are_those_of_the_specification()
    {
        var three = await Sealed.DecryptAsync(FileOf(FullChunk(0), FullChunk(1), Chunk(2, 5, isLast: true)));
        var twoFull = await Sealed.DecryptAsync(FileOf(FullChunk(0), Chunk(1, 65536, isLast: true)));

        Assert.Equal(131077, three.Length);
        Assert.EndsWith("bccccc", System.Text.Encoding.ASCII.GetString(three), StringComparison.Ordinal);
        Assert.Equal(131072, twoFull.Length);
        Assert.Empty(await Sealed.DecryptAsync(FileOf(Chunk(0, 0, isLast: true))));
    }

    [Fact]
    public Task Rejects_an_empty_chunk_after_full_ones() => FailsAsync(AgeFailure.Payload, FullChunk(0), Chunk(1, 0, isLast: true));

    [Fact]
    public Task Rejects_a_chunk_after_the_last_one() =>
        FailsAsync(AgeFailure.Payload, Chunk(0, 65536, isLast: true), Chunk(1, 5, isLast: true));

    [Fact]
    public Task Rejects_a_byte_after_the_last_chunk() => FailsAsync(AgeFailure.Payload, Chunk(0, 65536, isLast: true), [0]);

    [Fact]
    public Task Rejects_a_byte_after_a_short_last_chunk() => FailsAsync(AgeFailure.Payload, Chunk(0, 5, isLast: true), [0]);

    [Fact]
    public Task Rejects_a_short_chunk_in_the_middle() =>
        FailsAsync(AgeFailure.Payload, Chunk(0, 65535, isLast: false), Chunk(1, 5, isLast: true));

    [Fact]
    public Task Rejects_a_short_chunk_that_is_not_the_last() => FailsAsync(AgeFailure.Truncated, Chunk(0, 5, isLast: false));

    [Fact]
    public Task Rejects_a_missing_last_chunk() => FailsAsync(AgeFailure.Truncated, FullChunk(0), FullChunk(1));

    [Fact]
    public Task Rejects_a_missing_payload() => FailsAsync(AgeFailure.Truncated);

    [Fact]
    public Task Rejects_a_part_of_a_tag() => FailsAsync(AgeFailure.Truncated, FullChunk(0), new byte[15]);

    [Fact]
    public Task Rejects_swapped_chunks() => FailsAsync(AgeFailure.Payload, FullChunk(1), FullChunk(0), Chunk(2, 5, isLast: true));

    [Fact]
    public Task Rejects_a_doubled_chunk() =>
        FailsAsync(AgeFailure.Payload, FullChunk(0), FullChunk(0), FullChunk(1), Chunk(2, 5, isLast: true));

    [Fact]
    public Task Rejects_a_missing_first_chunk() => FailsAsync(AgeFailure.Payload, FullChunk(1), Chunk(2, 5, isLast: true));

    [Fact]
    public Task Rejects_a_missing_chunk_in_the_middle() => FailsAsync(AgeFailure.Payload, FullChunk(0), Chunk(2, 5, isLast: true));

    [Fact]
    public Task Rejects_the_last_chunk_twice() =>
        FailsAsync(AgeFailure.Payload, FullChunk(0), Chunk(1, 5, isLast: true), Chunk(1, 5, isLast: true));

    [Fact]
    public async Task What_came_before_the_damage_is_handed_out_and_the_failure_stays()
    {
        var damaged = FullChunk(1);
        damaged[0] ^= 1;
        using var source = new MemoryStream(FileOf(FullChunk(0), damaged, Chunk(2, 5, isLast: true)));
        await using var file = await AgeFile.DecryptAsync(source, [Sealed.Identity], CancellationToken.None);
        var first = new byte[65536];
        await file.ReadExactlyAsync(first);
        var untouched = new byte[10];

        Assert.DoesNotContain(first, b => b != 'a');
        Assert.Equal(AgeFailure.Payload, (await Assert.ThrowsAsync<AgeException>(() => file.ReadExactlyAsync(untouched).AsTask())).Failure);
        Assert.Equal(AgeFailure.Payload, (await Assert.ThrowsAsync<AgeException>(() => file.ReadExactlyAsync(untouched).AsTask())).Failure);
        Assert.Equal(new byte[10], untouched);
    }

    private static async Task FailsAsync(AgeFailure failure, params byte[][] chunks) =>
        Assert.Equal(failure, await Sealed.FailureAsync(FileOf(chunks), "handmade"));
}
