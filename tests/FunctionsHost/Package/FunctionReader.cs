using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Mirror.Tests.FunctionsHost.Timers;

namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>
/// Reads a function.json. What is wrong with it is a <see cref="FunctionRefusedException"/>, and disables that function alone.
/// </summary>
internal sealed partial class FunctionReader(AppSettings settings, HostSettings host, Journal journal)
{
    public Function Read(string folder)
    {
        var name = Path.GetFileName(folder);
        if (!FunctionName().IsMatch(name))
        {
            throw new FunctionRefusedException($"'{name}' is not a name for a function");
        }
        var json = Parse(File.ReadAllText(Path.Combine(folder, "function.json")));
        if (settings.IsDisabled(name) || new Binding(json).IsTrue("disabled"))
        {
            throw new FunctionRefusedException("is disabled by its setting");
        }
        var bindings = (json["bindings"] as JsonArray ?? []).OfType<JsonObject>().Select(item => new Binding(item)).ToList();
        var triggers = bindings.Where(binding => binding.IsTrigger).ToList();
        if (triggers.Count != 1)
        {
            throw new FunctionRefusedException($"has {triggers.Count} triggers instead of one");
        }
        return new Function(name, ReadTrigger(name, triggers[0], bindings, json));
    }

    private Trigger ReadTrigger(string function, Binding trigger, List<Binding> bindings, JsonObject json)
    {
        if (trigger.Needed("direction") != "in")
        {
            throw new FunctionRefusedException($"the direction of its trigger is '{trigger.Text("direction")}' instead of 'in'");
        }
        if (!BindingName().IsMatch(trigger.Name))
        {
            throw new FunctionRefusedException($"'{trigger.Name}' is not a name for a binding");
        }
        return trigger.Type switch
        {
            "queueTrigger" => ReadQueue(function, trigger, json),
            "timerTrigger" => ReadTimer(function, trigger, json),
            "httpTrigger" => ReadHttp(function, trigger, bindings),
            var other => throw new NotSupportedException($"{function}: a {other} is not played by this host"),
        };
    }

    private QueueTrigger ReadQueue(string function, Binding trigger, JsonObject json)
    {
        if (!host.HasQueueExtension)
        {
            throw new HostRefusedException($"{function} has a queueTrigger, and host.json no extensionBundle that would know it");
        }
        if (json["retry"] is not null)
        {
            journal.Violate($"{function}: function.json has 'retry', which works for timers and not for queues");
        }
        var queue = settings.Expand(trigger.Needed("queueName"));
        return new QueueTrigger(
            trigger.Name,
            QueueName().IsMatch(queue) ? queue : throw new FunctionRefusedException($"'{queue}' is not a name for a queue"),
            settings.FindConnection(settings.Expand(trigger.Text("connection") ?? "AzureWebJobsStorage")),
            trigger.Text("dataType")?.ToUpperInvariant() switch
            {
                null or "STRING" => false,
                "BINARY" => true,
                var other => throw new NotSupportedException($"{function}: the dataType {other} is not played by this host"),
            });
    }

    private TimerTrigger ReadTimer(string function, Binding trigger, JsonObject json)
    {
        if (trigger.IsTrue("runOnStartup"))
        {
            journal.Violate($"{function}: runOnStartup, and the handler cannot tell such a run from another");
        }
        var schedule = settings.Expand(trigger.Needed("schedule"));
        return new TimerTrigger(trigger.Name, CronSchedule.Parse(schedule), TimerRetry.Read(json["retry"] as JsonObject));
    }

    private HttpTrigger ReadHttp(string function, Binding trigger, List<Binding> bindings)
    {
        var outputs = bindings.Where(binding => !binding.IsTrigger && binding.Text("direction") == "out").ToList();
        if (!host.ForwardsHttp || bindings.Count != 2 || outputs.Count != 1 || outputs[0].Type != "http")
        {
            throw new NotSupportedException($"{function}: requests are only forwarded, to functions with one http output");
        }
        var key = trigger.Text("authLevel")?.ToUpperInvariant() switch
        {
            "ANONYMOUS" => KeyNeeded.None,
            null or "FUNCTION" => KeyNeeded.Function,
            "ADMIN" => KeyNeeded.Master,
            var other => throw new FunctionRefusedException($"'{other}' is not an authLevel"),
        };
        return new HttpTrigger(trigger.Name, trigger.Text("route") ?? function, trigger.Texts("methods"), key);
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text, Json.AnyCase, Json.Tolerant) as JsonObject
                ?? throw new FunctionRefusedException("function.json is not an object");
        }
        catch (JsonException e)
        {
            throw new FunctionRefusedException($"function.json is not JSON: {e.Message}");
        }
    }

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9_-]{0,127}$")]
    private static partial Regex FunctionName();

    [GeneratedRegex("^([a-zA-Z][a-zA-Z0-9]{0,127}|[$]return)$")]
    private static partial Regex BindingName();

    [GeneratedRegex("^(?=.{3,63}$)[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex QueueName();
}
