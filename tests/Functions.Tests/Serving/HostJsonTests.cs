using Mirror.Functions.Serving;
using Mirror.Tests.Servers;
using Mirror.Mirroring;

namespace Mirror.Functions.Tests.Serving;

/// <summary>host.json as people write it. What cannot be read must not end the process: then nobody could be told.</summary>
public sealed class HostJsonTests
{
    [Theory]
    [InlineData("{}", 270, 5)]
    [InlineData("""{ "functionTimeout": "00:30:00" /* half an hour */, }""", 1770, 5)]
    [InlineData("""{ "functionTimeout": "-1" }""", -0.001, 5)]
    [InlineData("""{ "functionTimeout": -1 }""", -0.001, 5)]
    [InlineData("""{ "functionTimeout": null, "extensions": { "queues": { "maxDequeueCount": 7 } } }""", 270, 7)]
    [InlineData("""{ "extensions": { "queues": { "maxDequeueCount": "7" } } }""", 270, 7)]
    [InlineData("""{ "functionTimeout": "100.00:00:00", "extensions": [] }""", 49 * 24 * 3600.0, 5)]
    [InlineData("\uFEFF{ \"functionTimeout\": \"00:01:00\" }", 45, 5)]
    public void A_number_may_be_a_text_and_a_time_may_be_long(string text, double seconds, int count)
    {
        var settings = Read(text);

        Assert.Equal((seconds, count, null), (settings.Deadline.TotalSeconds, settings.MaxDequeueCount, settings.Problem));
        using var timer = new CancellationTokenSource(settings.Deadline);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("nonsense", "")]
    [InlineData("[]", "it is not an object")]
    [InlineData("""{ "functionTimeout": "soon" }""", "functionTimeout is 'soon': write a time such as 00:30:00, or -1 for none")]
    [InlineData("""{ "functionTimeout": {} }""", "functionTimeout is '{}': ")]
    [InlineData("""{ "functionTimeout": "00:00:00" }""", "functionTimeout is '00:00:00': ")]
    [InlineData("""{ "extensions": { "queues": { "maxDequeueCount": 1.5 } } }""", "maxDequeueCount is '1.5': write a number such as 5")]
    public void What_cannot_be_read_is_a_problem_and_not_an_end(string text, string problem)
    {
        var settings = Read(text);

        Assert.StartsWith($"host.json, or a setting in its place: {problem}", settings.Problem, StringComparison.Ordinal);
        Assert.Equal((270, 5), (settings.Deadline.TotalSeconds, settings.MaxDequeueCount));
    }

    private static Settings Read(string text)
    {
        var folder = Scratch.NewFolder("app");
        File.WriteAllText(Path.Combine(folder, "host.json"), text);
        return Settings.Read(name => name switch { "FUNCTIONS_CUSTOMHANDLER_PORT" => "1", "MIRROR_ROLES" => "sync", _ => null },
            folder, new SecretReader(_ => null));
    }
}
