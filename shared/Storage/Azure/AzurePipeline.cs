using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Mirror.Storage.Drivers;
using Mirror.Streams;

namespace Mirror.Storage.Azure;

/// <summary>How often and for how long a request is tried. A short network fault or a busy server recovers within seconds; longer outages
/// are left to the next run.</summary>
internal static class AzurePipeline
{
    // With the delays below, which vary at random by 20 %, a refused connection is given up after six seconds.
    private const int MaxRetries = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(0.8);

    private static readonly TimeSpan MaxDelay = TimeSpan.FromSeconds(10);

    private const string OnceProperty = "mirror-once";

    private const string CancellationProperty = "mirror-cancellation";

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Until the result is disposed, requests are not retried, for callers that retry themselves.</summary>
    public static IDisposable Once() =>
        HttpPipeline.CreateHttpMessagePropertiesScope(new Dictionary<string, object?> { [OnceProperty] = true });

    public static BlobClientOptions Options() => Options(new AnswerPace(TimeProvider.System, Pause));

    /// <param name="pace">The pace of all requests and answers except the content of blobs, which is read as it comes.</param>
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

        // Retry-After has no upper limit, and the answer may not even come from Azure.
        private static bool AsksForMore(Response answer) =>
            answer.Headers.TryGetValue("Retry-After", out var value)
            && (!int.TryParse(value, out var seconds) || seconds > MaxDelay.TotalSeconds);
    }

    /// <summary>Limits the time of one attempt, with its body, until the answer begins, and the pauses of the answer.</summary>
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
    /// Reads every answer except a blob's content, up to a limit; the SDK has no limit. The SDK also reads the body of an error
    /// synchronously where a stream was requested. That may happen on the thread that signals all sockets of the process, which would
    /// then wait for its own signal for ever.
    /// </summary>
    /// <remarks>The SDK measures <see cref="HttpMessage.NetworkTimeout"/> until this policy returns, so its token would cut off a long
    /// page on a slow line. The body is read with the caller's token and <see cref="AnswerPace"/> instead.</remarks>
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
            throw new NotSupportedException("synchronous requests to Azure are not supported");
    }
}
