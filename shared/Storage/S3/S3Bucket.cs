using System.Net;
using Amazon.S3;
using Mirror.Storage.Drivers;
using Mirror.Storage.Logins;

namespace Mirror.Storage.S3;

/// <summary>Requests to one bucket, with a login that may be another one tomorrow, and none that waits for ever.</summary>
internal sealed class S3Bucket
{
    // For all tries of what is small. What is large has a limit for each.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly RotatingClient<S3Keys?, AmazonS3Client> _client;

    public S3Bucket(S3Location address, S3Login login, TimeProvider time)
    {
        Address = address;
        Prefix = new KeyPrefix(address.Prefix);
        Time = time;
        _client = new RotatingClient<S3Keys?, AmazonS3Client>(SourceOf(login), keys => S3Clients.Connect(address, login, keys), IsRefusal);
    }

    public S3Location Address { get; }

    public string Name => Address.Bucket;

    public KeyPrefix Prefix { get; }

    public TimeProvider Time { get; }

    /// <summary>The time as S3 tells it: whole seconds, even where a listing shows more.</summary>
    public DateTimeOffset Now => WholeSeconds(Time.GetUtcNow());

    /// <summary>TLS protects what passes: a digest of all of it, made before, would only be another pass over the bytes.</summary>
    public bool IsEncrypted => Address.Endpoint is not { Scheme: "http" };

    /// <summary>
    /// Of parts. For Amazon the SDK adds it by itself, but to them alone, and it must be said when the upload begins and again when it ends
    /// ("Checking object integrity in Amazon S3"). Null for the servers of others, many of which refuse it.
    /// </summary>
    public ChecksumAlgorithm? Checksum => Address.Endpoint is null ? ChecksumAlgorithm.CRC32 : null;

    /// <summary>Whether an answer has shown that the bucket exists: a HEAD for what is
    /// absent says the same for the object and the bucket.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>Who is asked, as messages call it.</summary>
    public string Host => Address.Endpoint?.Authority
        ?? (_client.Latest?.Config.RegionEndpoint is { } region ? $"Amazon S3 in {region.SystemName}" : "Amazon S3");

    /// <summary>A request with little to send and little to come.</summary>
    public async Task<T> AskAsync<T>(Func<AmazonS3Client, CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        using var silence = new CancellationTokenSource(Patience, Time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation, silence.Token);
        try
        {
            return await SendAsync(request, end.Token);
        }
        catch (OperationCanceledException) when (silence.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"it gave no answer for {Patience.TotalSeconds} seconds");
        }
    }

    /// <summary>A request that takes as long as the line is slow.</summary>
    public async Task<T> SendAsync<T>(Func<AmazonS3Client, CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        // What the SDK does first, such as looking for credentials, may wait synchronously for answers: see S3HttpClientFactory.
        await Task.Yield();
        var answer = await _client.RunAsync(client => request(client, cancellation), cancellation);
        IsSeen = true;
        return answer;
    }

    public static DateTimeOffset WholeSeconds(DateTimeOffset time) => time.AddTicks(-(time.Ticks % TimeSpan.TicksPerSecond));

    private static LoginSource<S3Keys?> SourceOf(S3Login login) => login is S3Login.Keys { Source: var source }
        ? async (age, cancellation) =>
        {
            var keys = await source(age, cancellation);
            // It may have come over a network: see S3HttpClientFactory.
            await Task.Yield();
            return keys;
        }
    : (_, _) => ValueTask.FromResult<S3Keys?>(null);

    private static bool IsRefusal(Exception failure) => failure is AmazonS3Exception refusal
        && (refusal.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            || refusal.ErrorCode is "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired")
        && refusal.ErrorCode is not ("RequestTimeTooSkewed" or "InvalidObjectState");
}
