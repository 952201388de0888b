using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Timers;

/// <summary>NCRONTAB: <c>{second} {minute} {hour} {day} {month} {weekday}</c>, in UTC. Unlike in cron(8) the day and the weekday must both
/// match, and Sunday is 0 only.</summary>
internal sealed class CronSchedule
{
    // A leap day can be eight years away; the weekdays that it may be restricted to come round in 28 (NCrontab itself gives up sooner).
    private const int LongestWaitInYears = 40;

    private static readonly (string Name, int Least, int Most, string Words)[] Fields =
    [
        ("second", 0, 59, ""),
        ("minute", 0, 59, ""),
        ("hour", 0, 23, ""),
        ("day", 1, 31, ""),
        ("month", 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"),
        ("weekday", 0, 6, "SUNMONTUEWEDTHUFRISAT"),
    ];

    private readonly bool[][] _fields;

    private CronSchedule(bool[][] fields) => _fields = fields;

    public static CronSchedule Parse(string text)
    {
        var parts = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == Fields.Length
            ? new CronSchedule([.. parts.Select((part, index) => CronField.Parse(part, Fields[index]))])
            : throw new FunctionRefusedException($"the schedule '{text}' has {parts.Length} fields instead of six");
    }

    /// <summary>Whether two of its next times are less than a minute apart: then the host keeps no status of it.</summary>
    public bool IsUnderAMinute
    {
        get
        {
            var times = new List<DateTimeOffset> { Next(DateTimeOffset.UnixEpoch) };
            while (times.Count < 5)
            {
                times.Add(Next(times[^1]));
            }
            return times.Zip(times.Skip(1), (earlier, later) => later - earlier).Min() < TimeSpan.FromMinutes(1);
        }
    }

    /// <summary>The first time later than the given one.</summary>
    public DateTimeOffset Next(DateTimeOffset after)
    {
        var start = after.UtcDateTime;
        for (var day = start.Date; day.Year < start.Year + LongestWaitInYears; day = day.AddDays(1))
        {
            if (IsDay(day) && Times(day).FirstOrDefault(time => time > start) is { Ticks: > 0 } found)
            {
                return new DateTimeOffset(found, TimeSpan.Zero);
            }
        }
        throw new FunctionRefusedException("its schedule never comes");
    }

    private bool IsDay(DateTime day) => _fields[3][day.Day] && _fields[4][day.Month] && _fields[5][(int)day.DayOfWeek];

    private IEnumerable<DateTime> Times(DateTime day) =>
        from hour in Allowed(2)
        from minute in Allowed(1)
        from second in Allowed(0)
        select day.Add(new TimeSpan(hour, minute, second));

    private IEnumerable<int> Allowed(int field) => _fields[field].Index().Where(value => value.Item).Select(value => value.Index);
}
