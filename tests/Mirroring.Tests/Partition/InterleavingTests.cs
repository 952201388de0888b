using System.Globalization;
using Mirror.Age;
using Mirror.Age.Signatures;
using Mirror.Git;
using Mirror.Storage;

namespace Mirror.Mirroring.Tests.Partition;

/// <summary>
/// A producer and a consumer at work on one bucket at the same time, in thousands of orders: every action on the bucket is a step, and a
/// seed decides whose step is next. Each run, on both sides, must go well.
/// </summary>
public sealed class InterleavingTests
{
    private const int RoundCount = 500;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_the_order_of_their_steps_both_runs_go_well(int seed)
    {
        await using var source = new PretendGit();
        await using var target = new PretendGit();
        var sides = new Sides(source, target);
        var random = new Random(seed);
        Change(source, random);
        for (var round = 1; round <= RoundCount; round++)
        {
            var (produced, consumed) = await sides.RunAsync(random);

            var context = $"seed {seed}, round {round}";
            Assert.True(produced.IsGood, $"{context}: produce: {produced.Error?.Reason}: {produced.Error?.Message}");
            // Before the first head there is nothing to consume.
            Assert.True(consumed.IsGood || (round == 1 && consumed.Error?.Reason == Reason.NoHead),
                $"{context}: consume: {consumed.Error?.Reason}: {consumed.Error?.Message}");
            Change(source, random);
            // Retention and heartbeat come round as well.
            sides.Time.Now += TimeSpan.FromHours(random.Next(24));
        }
        await sides.RunAsync(random);
        var last = await sides.ConsumeAsync(gate: null);
        Assert.True(last.IsProven, $"seed {seed}: {last.Error?.Message}");
        Assert.Equal(source.Refs, target.Refs);
    }

    private static void Change(PretendGit source, Random random)
    {
        source.Refs["refs/heads/main"] = NewId(random);
        if (random.Next(3) == 0 && !source.Refs.Remove("refs/heads/topic"))
        {
            source.Refs["refs/heads/topic"] = NewId(random);
        }
    }

    private static string NewId(Random random) => string.Create(CultureInfo.InvariantCulture, $"{random.NextInt64():x40}");

    private sealed class Sides(PretendGit source, PretendGit target)
    {
        private readonly AgeIdentity _identity = AgeIdentity.Generate();
        private readonly SigningKey _signing = SigningKey.Generate("producer");
        private readonly StoreContent _bucket = new();
        private readonly StoreContent _near = new();
        private readonly StoreContent _far = new();

        public SteppedTime Time { get; } = new();

        /// <summary>Both at once, the steps of the one among those of the other.</summary>
        public async Task<(MirrorOutcome Produced, MirrorOutcome Consumed)> RunAsync(Random random)
        {
            MirrorOutcome? produced = null;
            MirrorOutcome? consumed = null;
            await Turns.RunAsync(random,
                async gate => produced = await ProduceAsync(gate),
                async gate => consumed = await ConsumeAsync(gate));
            return (produced!, consumed!);
        }

        public async Task<MirrorOutcome> ConsumeAsync(Gate? gate)
        {
            var bucket = Open(_bucket, gate);
            var consumer = new Consumer(bucket, Open(_far, gate: null), new ConsumerKeys([_identity], [_signing.VerifyingKey]), Settings())
            { Random = new Random(1) };
            var listing = await BucketListing.ReadAsync(bucket, CancellationToken.None);
            return await consumer.ConsumeAsync(new ConsumeRequest("ce/routy", Remotes.Url(target.Url)), listing, new TransferMeter(),
                CancellationToken.None);
        }

        private async Task<MirrorOutcome> ProduceAsync(Gate? gate)
        {
            var bucket = Open(_bucket, gate);
            var producer = new Producer(bucket, Open(_near, gate: null), new ProducerKeys([_identity.Recipient], _signing), Settings())
            {
                Policy = PartitionFixture.DeltasOnly with { MaxDeltas = 3 },
                Random = new Random(1),
            };
            var listing = await BucketListing.ReadAsync(bucket, CancellationToken.None);
            return await producer.ProduceAsync(new ProduceRequest("ce/routy", Remotes.Url(source.Url)), listing, new TransferMeter(),
                CancellationToken.None);
        }

        private ObjectStore Open(StoreContent content, Gate? gate) =>
            ObjectStore.Over(new SteppedStore(content, Time) { Gate = gate }, Time);

        private RemoteSettings Settings() => new() { Http = Remotes.Settings.Http, Time = Time };
    }
}
