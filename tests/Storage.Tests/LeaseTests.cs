using Mirror.Storage.Leases;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

/// <summary>Leases made of objects, with the clock in our hands.</summary>
public sealed class LeaseTests
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly string _path = Scratch.NewFolder("leases");

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    [Fact]
    public async Task A_lease_renews_itself_for_as_long_as_it_is_held()
    {
        var (time, others) = (new HandTime(), new HandTime());
        await using var lease = await LeaseAsync(Open(time));
        var other = Open(others);
        for (var i = 0; i < 20; i++)
        {
            await AdvanceAsync(time, Duration / 3);
            others.Advance(Duration * 0.9);
            Assert.Null(await other.TryLeaseAsync("a", Duration, Late));
        }

        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_dead_holder_keeps_others_waiting_for_its_duration_and_no_longer()
    {
        // Its clock stands still, so it never renews.
        await LeaseAsync(Open(new HandTime()));
        var time = new HandTime();
        var store = Open(time);

        var early = await time.SkipPausesAsync(() => store.LeaseAsync("a", Duration, Duration - Second * 2, Late), Second * 2);
        Assert.Null(early);
        var fresh = Open(time);
        var began = time.GetTimestamp();
        await using var lease = await time.SkipPausesAsync(() => fresh.LeaseAsync("a", Duration, Duration * 3, Late), Second * 2);

        Assert.NotNull(lease);
        Assert.InRange(time.GetElapsedTime(began), Duration, Duration + Second * 3);
    }

    [Fact]
    public async Task One_who_tries_now_and_then_gets_the_lease_of_a_dead_holder_too()
    {
        await LeaseAsync(Open(new HandTime()));
        var time = new HandTime();
        var store = Open(time);

        Assert.Null(await store.TryLeaseAsync("a", Duration, Late));
        time.Advance(Duration - Second);
        Assert.Null(await store.TryLeaseAsync("a", Duration, Late));
        time.Advance(Second);
        await using var lease = await store.TryLeaseAsync("a", Duration, Late);
        Assert.NotNull(lease);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_clock_that_is_a_day_off_neither_steals_nor_waits_a_day(int days)
    {
        await LeaseAsync(Open(new HandTime()));
        var time = new HandTime { Error = TimeSpan.FromDays(days) };
        var store = Open(time);

        Assert.Null(await store.TryLeaseAsync("a", Duration, Late));
        await using var lease = await time.SkipPausesAsync(() => store.LeaseAsync("a", Duration, Duration * 2, Late), Second * 2);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task The_holders_own_duration_counts_and_not_that_of_who_waits()
    {
        await LeaseAsync(Open(new HandTime()), Duration * 4);
        var time = new HandTime();
        var store = Open(time);

        Assert.Null(await store.TryLeaseAsync("a", Duration, Late));
        time.Advance(Duration * 4 - Second);
        Assert.Null(await store.TryLeaseAsync("a", Duration, Late));
    }

    [Fact]
    public async Task A_holder_that_was_overtaken_learns_it_at_its_next_renewal_and_does_not_release_the_others()
    {
        var (time, others) = (new HandTime(), new HandTime());
        var lease = await LeaseAsync(Open(time));
        var other = Open(others);
        await using var taken = await others.SkipPausesAsync(() => other.LeaseAsync("a", Duration, Duration * 2, Late), Second * 2);
        Assert.NotNull(taken);

        var lost = WaitAsync(lease.Lost);
        time.Advance(Duration / 3);
        await lost;

        await lease.DisposeAsync();
        await lease.DisposeAsync();
        Assert.Null(await Open(time).TryLeaseAsync("a", Duration, Late));
    }

    [Fact]
    public async Task A_lease_that_cannot_be_renewed_is_lost_when_its_time_is_over()
    {
        var time = new HandTime();
        var lease = await LeaseAsync(Open(time));
        BreakStore();

        await AdvanceAsync(time, Duration / 3);
        await AdvanceAsync(time, Duration / 3);
        Assert.False(lease.Lost.IsCancellationRequested);
        time.Advance(Duration / 3);

        Assert.True(lease.Lost.IsCancellationRequested);
        await lease.DisposeAsync();
    }

    [Fact]
    public async Task A_renewal_that_fails_once_is_made_up_for()
    {
        var time = new HandTime();
        await using var lease = await LeaseAsync(Open(time));
        BreakStore();
        await AdvanceAsync(time, Duration / 3);
        MendStore();
        for (var i = 0; i < 5; i++)
        {
            await AdvanceAsync(time, Duration / 3);
        }

        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_renewal_whose_answer_was_lost_is_found_to_be_our_own()
    {
        var time = new HandTime();
        await using var lease = await LeaseAsync(Open(time));
        // What the store would hold: another ETag, our own name.
        await File.WriteAllBytesAsync(LeasePath, await File.ReadAllBytesAsync(LeasePath));

        await AdvanceAsync(time, Duration / 3);
        await AdvanceAsync(time, Duration * 0.6);

        Assert.False(lease.Lost.IsCancellationRequested);
    }

    [Theory]
    [InlineData("no lease at all")]
    [InlineData("x 1 99999999999999999999 a")]
    [InlineData("\u0001")]
    public async Task Nonsense_in_place_of_a_lease_holds_for_one_duration(string nonsense)
    {
        await (await LeaseAsync(Open(new HandTime()))).DisposeAsync();
        await File.WriteAllTextAsync(LeasePath, nonsense);
        var time = new HandTime();
        var store = Open(time);

        Assert.Null(await store.TryLeaseAsync("a", Duration, Late));
        time.Advance(Duration);
        await using var lease = await store.TryLeaseAsync("a", Duration, Late);
        Assert.NotNull(lease);
    }

    [Fact]
    public async Task A_lease_says_who_holds_what_for_how_long()
    {
        await using var lease = await LeaseAsync(Open(new HandTime()));

        Assert.Matches("^[0-9a-f]{32} 0 15000 a\n$", await File.ReadAllTextAsync(LeasePath));
        var read = LeaseObject.Parse(await File.ReadAllBytesAsync(LeasePath));
        Assert.Equal((Duration, "a"), (read!.Duration, read.Key));
    }

    [Fact]
    public async Task A_wait_can_be_cancelled()
    {
        await using var lease = await LeaseAsync(Open(new HandTime()));
        using var cancellation = new CancellationTokenSource();
        var time = new HandTime();
        var pausing = time.NextTimer;

        var waiting = Open(time).LeaseAsync("a", Duration, Duration, cancellation.Token);
        await pausing;
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    private string LeasePath => Path.Combine(_path, LeaseObjects.PlaceOf("a"));

    private ObjectStore Open(TimeProvider time) => ObjectStore.OpenDirectory(_path, time);

    private async Task<Lease> LeaseAsync(ObjectStore store, TimeSpan? duration = null)
    {
        var lease = await store.TryLeaseAsync("a", duration ?? Duration, Late);
        Assert.NotNull(lease);
        return lease;
    }

    /// <summary>Moves the holder's clock to a renewal, and waits until that is over.</summary>
    private async Task AdvanceAsync(HandTime time, TimeSpan span)
    {
        var renewed = time.NextTimer;
        time.Advance(span);
        await renewed.WaitAsync(Late);
    }

    private Task WaitAsync(CancellationToken lost)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lost.Register(fired.SetResult);
        return fired.Task.WaitAsync(Late);
    }

    // A file in place of the folder of new objects: no write succeeds, whoever runs the tests.
    private void BreakStore()
    {
        Directory.Delete(Uploads);
        File.WriteAllText(Uploads, "");
    }

    private void MendStore() => File.Delete(Uploads);

    private string Uploads => Path.Combine(_path, ".mirror~", "uploads");
}
