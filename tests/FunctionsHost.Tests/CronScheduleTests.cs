using System.Globalization;
using Mirror.Tests.FunctionsHost.Package;
using Mirror.Tests.FunctionsHost.Timers;

namespace Mirror.Tests.FunctionsHost.Tests;

public sealed class CronScheduleTests
{
    // 31 January 2026 is a Saturday.
    [Theory]
    [InlineData("* * * * * *", "2026-01-31 10:00:01")]
    [InlineData("0 * * * * *", "2026-01-31 10:01:00")]
    [InlineData("0 */5 * * * *", "2026-01-31 10:05:00")]
    [InlineData("0 3/20 * * * *", "2026-01-31 10:03:00")]
    [InlineData("30 10-40/10 * * * *", "2026-01-31 10:10:30")]
    [InlineData("0 0 10 * * *", "2026-02-01 10:00:00")]
    [InlineData("0 0 8,9 * * *", "2026-02-01 08:00:00")]
    [InlineData("0 30 9 * * 1-5", "2026-02-02 09:30:00")]
    [InlineData("0 30 9 * * Mon-Fri", "2026-02-02 09:30:00")]
    [InlineData("0 0 0 1 1 *", "2027-01-01 00:00:00")]
    [InlineData("0 0 0 29 feb *", "2028-02-29 00:00:00")]
    [InlineData("0 0 0 13 * 5", "2026-02-13 00:00:00")]
    [InlineData("0 0 0 * * 0", "2026-02-01 00:00:00")]
    public void The_next_time(string schedule, string next)
    {
        var after = new DateTimeOffset(2026, 1, 31, 10, 0, 0, TimeSpan.Zero);

        Assert.Equal(next, CronSchedule.Parse(schedule).Next(after).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("*/5 * * * *")]
    [InlineData("* * * * * * *")]
    [InlineData("00:05:00")]
    [InlineData("60 * * * * *")]
    [InlineData("* * 24 * * *")]
    [InlineData("* * * 0 * *")]
    [InlineData("* * * * 13 *")]
    [InlineData("* * * * * 7")]
    [InlineData("* * * * * anu")]
    [InlineData("-1 * * * * *")]
    [InlineData("5-1 * * * * *")]
    [InlineData("*/0 * * * * *")]
    [InlineData("1/2/3 * * * * *")]
    [InlineData("1-2-3 * * * * *")]
    [InlineData(", * * * * *")]
    [InlineData("a * * * * *")]
    public void Is_no_schedule(string schedule) => Assert.Throws<FunctionRefusedException>(() => CronSchedule.Parse(schedule));

    [Fact]
    public void A_schedule_that_never_comes_is_refused() =>
        Assert.Throws<FunctionRefusedException>(() => CronSchedule.Parse("0 0 0 30 2 *").Next(DateTimeOffset.UnixEpoch));

    [Theory]
    [InlineData("* * * * * *", true)]
    [InlineData("0,30 * * * * *", true)]
    [InlineData("0 * * * * *", false)]
    [InlineData("0 0 0 1 1 *", false)]
    public void Is_under_a_minute(string schedule, bool expected) => Assert.Equal(expected, CronSchedule.Parse(schedule).IsUnderAMinute);
}
