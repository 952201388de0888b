using System.Diagnostics;
using System.Runtime.CompilerServices;
using Mirror.Tests.Servers;

namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>Waits for what another process does.</summary>
internal static class Until
{
    private static readonly TimeSpan Deadline = Hang.Limit;

    public static async Task TrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        var clock = Stopwatch.StartNew();
        while (!condition())
        {
            Assert.True(clock.Elapsed < Deadline, $"not within {Deadline}: {what}");
            await Task.Delay(10);
        }
    }
}
