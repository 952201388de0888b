using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Mirror.Tests.FunctionsHost.Tests;

/// <summary>What a queue's function is sent, and what becomes of its messages.</summary>
public sealed class QueueTests
{
    [Fact]
    public async Task A_call_is_a_chunked_post_to_the_functions_name()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.SendAsync("ok");
        await host.WaitUntilIdleAsync();

        var seen = Assert.Single(package.Seen);
        Assert.Equal(("POST", "/Work"), (seen.Method, seen.Path));
        Assert.Equal("application/json; charset=utf-8", seen.Headers["Content-Type"]);
        Assert.Equal("chunked", seen.Headers["Transfer-Encoding"]);
        Assert.DoesNotContain("Content-Length", seen.Headers.Keys);
        Assert.Equal(Assert.Single(host.Calls).InvocationId, seen.Headers["X-Azure-Functions-InvocationId"]);
    }

    [Fact]
    public async Task Binary_data_is_base64_and_metadata_are_the_hosts_own()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.SendAsync("""{"text":"ä"}""");
        await host.WaitUntilIdleAsync();

        var body = JsonNode.Parse(Assert.Single(package.Seen).Body)!;
        Assert.Equal("""{"text":"ä"}""", Encoding.UTF8.GetString(Convert.FromBase64String((string)body["Data"]!["message"]!)));
        var metadata = body["Metadata"]!.AsObject();
        string[] names = ["DequeueCount", "ExpirationTime", "Id", "InsertionTime", "NextVisibleTime", "PopReceipt", "sys"];
        Assert.Equal(names, metadata.Select(field => field.Key));
        Assert.Equal("1", (string)metadata["DequeueCount"]!);
        // A text is JSON within JSON: quoted twice.
        Assert.Equal($"\"{host.Calls[0].MessageId}\"", (string)metadata["Id"]!);
        Assert.True(DateTimeOffset.TryParse((string)metadata["InsertionTime"]!, CultureInfo.InvariantCulture, out _));
        Assert.Equal("Work", (string)metadata["sys"]!["MethodName"]!);
        Assert.Empty(host.Violations);
    }

    [Fact]
    public async Task Text_is_json_within_json_and_its_fields_hide_the_metadata_which_is_a_violation()
    {
        const string Message = """{"text":"ä","ID":"mine","popreceipt":1,"nested":{"a":1}}""";
        var package = await StubPackage.CreateAsync("Work", Bindings.Queue("work", "\"dataType\": \"string\""));
        await using var host = await package.StartAsync();

        await package.SendAsync(Message);
        await host.WaitUntilIdleAsync();

        var body = JsonNode.Parse(Assert.Single(package.Seen).Body)!;
        Assert.Equal(Message, (string)JsonNode.Parse((string)body["Data"]!["message"]!)!);
        var metadata = JsonNode.Parse(body["Metadata"]!.ToJsonString(), new() { PropertyNameCaseInsensitive = true })!.AsObject();
        Assert.Equal(("\"mine\"", "\"1\"", "\"ä\""), ((string)metadata["id"]!, (string)metadata["popReceipt"]!, (string)metadata["text"]!));
        Assert.Equal(1, (int)metadata["nested"]!["a"]!);
        Assert.Equal(2, host.Violations.Count);
    }

    [Fact]
    public async Task A_message_that_is_not_base64_is_poison_at_once()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.RawQueue("work").CreateAsync();
        await package.RawQueue("work").SendMessageAsync("no <base64>");
        await host.WaitUntilIdleAsync();

        Assert.Equal(["no <base64>"], await package.PoisonAsync());
        Assert.Empty(host.Calls);
    }

    [Fact]
    public async Task Without_base64_a_message_is_what_it_is()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.messageEncoding", "none");
        await using var host = await package.StartAsync();

        await package.RawQueue("work").CreateAsync();
        await package.RawQueue("work").SendMessageAsync("ok <&> ä");
        await host.WaitUntilIdleAsync();

        var body = JsonNode.Parse(Assert.Single(package.Seen).Body)!;
        Assert.Equal("ok <&> ä", Encoding.UTF8.GetString(Convert.FromBase64String((string)body["Data"]!["message"]!)));
    }

    [Fact]
    public async Task A_message_that_fails_comes_back_and_is_counted()
    {
        var package = await StubPackage.CreateQueueAsync();
        await using var host = await package.StartAsync();

        await package.SendAsync("fail-until 3 COUNT");
        await host.WaitUntilIdleAsync();

        Assert.Equal([1L, 2L, 3L], host.Calls.Select(call => call.DequeueCount));
        Assert.Equal([CallOutcome.Failed, CallOutcome.Failed, CallOutcome.Succeeded], host.Calls.Select(call => call.Outcome));
        Assert.Empty(await package.PoisonAsync());
    }

    [Fact]
    public async Task A_message_that_fails_waits_for_visibilityTimeout()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.visibilityTimeout", "00:00:02");
        await using var host = await package.StartAsync();

        await package.SendAsync("fail-until 2 COUNT");
        await host.WaitUntilIdleAsync();

        var wait = host.Calls[1].Began - host.Calls[0].Began;
        // The queue rounds to whole seconds.
        Assert.True(wait >= TimeSpan.FromSeconds(1), $"{wait}");
    }

    [Fact]
    public async Task After_maxDequeueCount_failures_the_message_is_poison_as_it_stands()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.maxDequeueCount", "2");
        await using var host = await package.StartAsync();

        await package.SendAsync("answer 500");
        await host.WaitUntilIdleAsync();

        Assert.Equal([1L, 2L], host.Calls.Select(call => call.DequeueCount));
        Assert.Equal([Convert.ToBase64String("answer 500"u8)], await package.PoisonAsync());
    }

    [Fact]
    public async Task A_message_that_was_handed_out_too_often_before_is_poison_without_a_call()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.maxDequeueCount", "1");
        await package.SendAsync("ok");
        await package.Queue().ReceiveMessageAsync(TimeSpan.FromSeconds(1));
        await using var host = await package.StartAsync();

        await host.WaitUntilIdleAsync();

        Assert.Empty(host.Calls);
        Assert.Single(await package.PoisonAsync());
    }

    [Fact]
    public async Task Up_to_batchSize_and_newBatchThreshold_calls_run_at_once()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.batchSize", "3");
        package.Set("extensions.queues.newBatchThreshold", "2");
        await package.SendAsync([.. Enumerable.Repeat("sleep 0.3", 12).Prepend("sleep 0.9").Prepend("sleep 0.9")]);
        await using var host = await package.StartAsync();

        await host.WaitUntilIdleAsync();

        Assert.Equal(14, host.Calls.Count);
        Assert.Equal(5, package.Seen.Max(request => request.Running));
    }

    [Fact]
    public async Task One_at_a_time_is_one_at_a_time()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.batchSize", "1");
        package.Set("extensions.queues.newBatchThreshold", "0");
        await package.SendAsync([.. Enumerable.Repeat("sleep 0.02", 8)]);
        await using var host = await package.StartAsync();

        await host.WaitUntilIdleAsync();

        Assert.Equal(8, package.Seen.Count);
        Assert.All(package.Seen, request => Assert.Equal(1, request.Running));
    }

    [Fact]
    public async Task A_lease_is_renewed_for_as_long_as_the_call_runs()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Times = new HostTimes { Lease = TimeSpan.FromSeconds(2) };
        await using var host = await package.StartAsync();

        await package.SendAsync("sleep 5");
        await host.WaitUntilIdleAsync();

        Assert.Equal(1, Assert.Single(host.Calls).DequeueCount);
        Assert.Single(package.Seen);
    }

    [Fact]
    public async Task When_the_host_itself_dies_its_messages_come_back_after_their_lease()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Times = new HostTimes { Lease = TimeSpan.FromSeconds(2) };
        var first = await package.StartAsync();
        await package.SendAsync("sleep 1");
        await Until.TrueAsync(() => package.Seen.Count == 1);

        await first.CrashAsync();
        Assert.Equal(CallOutcome.Lost, Assert.Single(first.Calls).Outcome);
        Assert.False(Directory.Exists($"/proc/{first.HandlerProcessId}"));
        await using var second = await package.StartAsync();
        await second.WaitUntilIdleAsync();

        var call = Assert.Single(second.Calls);
        Assert.Equal((CallOutcome.Succeeded, 2L), (call.Outcome, call.DequeueCount!.Value));
    }

    [Fact]
    public async Task Two_hosts_with_an_account_each_do_not_see_each_others_messages()
    {
        var near = await StubPackage.CreateQueueAsync();
        var far = await StubPackage.CreateQueueAsync();
        await using var nearHost = await near.StartAsync();
        await using var farHost = await far.StartAsync();

        await near.SendAsync("ok");
        await far.SendAsync("ok", "ok");
        await nearHost.WaitUntilIdleAsync();
        await farHost.WaitUntilIdleAsync();

        Assert.Single(nearHost.Calls);
        Assert.Equal(2, farHost.Calls.Count);
    }

    [Fact]
    public async Task Two_hosts_of_one_account_share_the_messages()
    {
        var package = await StubPackage.CreateQueueAsync();
        package.Set("extensions.queues.batchSize", "1");
        package.Set("extensions.queues.newBatchThreshold", "0");
        await package.SendAsync([.. Enumerable.Repeat("sleep 0.2", 10)]);
        await using var one = await package.StartAsync();
        await using var other = await package.StartAsync();

        await one.WaitUntilIdleAsync();
        await other.WaitUntilIdleAsync();

        Assert.Equal(10, one.Calls.Count + other.Calls.Count);
        Assert.NotEmpty(one.Calls);
        Assert.NotEmpty(other.Calls);
    }
}
