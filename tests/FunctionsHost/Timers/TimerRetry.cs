using System.Globalization;
using System.Text.Json.Nodes;
using Mirror.Tests.FunctionsHost.Package;

namespace Mirror.Tests.FunctionsHost.Timers;

/// <summary>'retry' of a timer's function.json: a failed run is done again at once, and not only at the next tick.</summary>
internal sealed record TimerRetry(int MaxCount, TimeSpan Delay)
{
    public static TimerRetry? Read(JsonObject? json)
    {
        if (json is null)
        {
            return null;
        }
        var binding = new Binding(json);
        if (binding.Text("strategy") != "fixedDelay")
        {
            throw new NotSupportedException($"the retry strategy '{binding.Text("strategy")}' is not played by this host");
        }
        return int.TryParse(binding.Text("maxRetryCount"), CultureInfo.InvariantCulture, out var count) && count is > 0 or -1
            && TimeSpan.TryParse(binding.Text("delayInterval"), CultureInfo.InvariantCulture, out var delay)
            ? new TimerRetry(count < 0 ? int.MaxValue : count, delay)
            : throw new FunctionRefusedException("its retry wants a maxRetryCount and a delayInterval");
    }
}
