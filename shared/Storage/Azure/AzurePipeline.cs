using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Mirror.Storage.Drivers;
using Mirror.Streams;

namespace Mirror.Storage.Azure;

/// <summary>How often and how long a request is tried: what a blink of the
/// network or a busy server breaks mends itself in seconds, and what
/// takes longer is the next run's.</summary>
internal static class AzurePipeline
{
    // With the delays below, which are made 20 % longer or shorter at random: a refused connection is given up after six seconds.
    private const int MaxRetries = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.8);

    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    private const string OnceProperty = "mirror-once";

    private const string CancellationProperty = "mirror-cancellation";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Until it is disposed, a request is made once: for who has a patience of their own.</summary>
    public static IDisposable Once() =>
        HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [OnceProperty] = true });

    public static BlobClientOptions Options() => Options(new AnswerPace(TimeProvider.System, Pause));

    /// <param name="pace">Of every request and answer but a blob's content, which is read as it comes.</param>
    internal static BlobClientOptions Options(AnswerPace pace)
    {
        var options = new BlobClientOptions
        {
            Transport = AzureTransport.Shared,
            RetryPolicy = new BoundedRetry(),
            Diagnostics = { ApplicationId = "mirror", IsLoggingEnabled = false, IsDistributedTracingEnabled = false },
        };
        options.AddPolicy(new Timeouts(pace), HttpPipelinePosition.PerCall);
        options.AddPolicy(new BoundedAnswers(pace), HttpPipelinePosition.BeforeTransport);
        return options;
    }

    private sealed class BoundedRetry() : RetryPolicy(MaxRetries, DelayStrategy.CreateExponentialDelayStrategy(FirstDelay, MaxDelay))
    {
        protected override bool ShouldRetry(HttpMessage message, Exception? exception) =>
            !IsLast(message, exception) && base.ShouldRetry(message, exception);

        protected override ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception) =>
            IsLast(message, exception) ? ValueTask.FromResult(false) : base.ShouldRetryAsync(message, exception);

        private static bool IsLast(HttpMessage message, Exception? exception) =>
            message.TryGetProperty(OnceProperty, out _) || (message.HasResponse && AsksForMore(message.Response))
            || (exception?.GetBaseException() is HttpRequestException broken && ProxyFailure.IsFinal(broken));

        // The delay that an answer asks for has no limit, and whoever has put the answer there need not be Azure.
        private static bool AsksForMore(Response answer) =>
            answer.Headers.TryGetValue("Retry-After", out var value)
            && (!int.TryParse(value, out var seconds) || seconds > MaxDelay.TotalSeconds);
    }

    /// <summary>How long one attempt may take until its answer begins, its body included, and how long the answer may pause.</summary>
    private sealed class Timeouts(AnswerPace pace) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message)
        {
            var size = message.Request.Content?.TryComputeLength(out var length) == true ? length : 0;
            message.NetworkTimeout = pace.TimeFor(size);
            message.SetProperty(CancellationProperty, message.CancellationToken);
        }
    }

    /// <summary>
    /// Takes every answer but a blob's, up to a limit, before the SDK does, which has none. And it reads what a refusal says synchronously
    /// where a stream was asked for: the answer may have come on the thread that tells all sockets of the process that there is something
    /// to read, and then nobody would tell this one.
    /// </summary>
    /// <remarks>The SDK counts <see cref="HttpMessage.NetworkTimeout"/> until this policy returns, so its token would cut off a long page
    /// on a slow line. The body is read with the caller's token, and at the pace, instead.</remarks>
    private sealed class BoundedAnswers(AnswerPace pace) : HttpPipelinePolicy
    {
        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            if (message.Response is { ContentStream: { } body, Status: var status }
                && (message.BufferResponse || status is < 200 or >= 300))
            {
                await using var watched = pace.Watch(body);
                message.Response.ContentStream = await TakeAsync(message, watched);
            }
        }

        private static Task<MemoryStream> TakeAsync(HttpMessage message, Stream body)
        {
            var cancellation = message.TryGetProperty(CancellationProperty, out var callers) ? (CancellationToken)callers! : default;
            return message.Response.Status switch
            {
                < 200 or >= 300 => AnswerLimits.TakeRefusalAsync(body, cancellation),
                _ when message.Request.Uri.Query.Contains("comp=list", StringComparison.Ordinal) =>
                    AnswerLimits.TakePageAsync(body, AzureListing.LargestPage, cancellation),
                _ => AnswerLimits.TakeAsync(body, AnswerLimits.MaxSize, cancellation),
            };
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException("nothing is asked of Azure synchronously");
    }
}
