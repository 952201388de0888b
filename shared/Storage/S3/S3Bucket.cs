using System.Net;
using Amazon.S3;
using Mirror.Storage.Drivers;
using Mirror.Storage.Logins;

namespace Mirror.Storage.S3;

/// <summary>Makes requests to one bucket, with a login that may be rotated and a limit on every wait.</summary>
internal sealed class S3Bucket
{
    // For all attempts of a small request. Large ones have a limit for each attempt.
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

    /// <summary>The time in the precision of S3's headers, whole seconds, although listings may show more.</summary>
    public DateTimeOffset Now => WholeSeconds(Time.GetUtcNow());

    /// <summary>Whether TLS protects the content. Then no digest of it is computed before it is sent,
    /// which would be a second pass over the bytes.</summary>
    public bool IsEncrypted => Address.Endpoint is not { Scheme: "http" };

    /// <summary>
    /// The checksum of parts. For Amazon the SDK adds it, but only to the parts; it must also be named when the upload begins and ends
    /// ("Checking object integrity in Amazon S3"). Null for other servers, many of which refuse it.
    /// </summary>
    public ChecksumAlgorithm? Checksum => Address.Endpoint is null ? ChecksumAlgorithm.CRC32 : null;

    /// <summary>Whether an answer has proved that the bucket exists.
    /// The answer to HEAD is the same for a missing object and a missing bucket.</summary>
    public bool IsSeen { get; private set; }

    /// <summary>The server's name in messages.</summary>
    public string Host => Address.Endpoint?.Authority
        ?? (_client.Latest?.Config.RegionEndpoint is { } region ? $"Amazon S3 in {region.SystemName}" : "Amazon S3");

    /// <summary>Makes a request with a small body and a small answer.</summary>
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
            throw new TimeoutException($"no answer for {Patience.TotalSeconds} seconds");
        }
    }

    /// <summary>Makes a request whose time depends on the line.</summary>
    public async Task<T> SendAsync<T>(Func<AmazonS3Client, CancellationToken, Task<T>> request, CancellationToken cancellation)
    {
        // Before a request the SDK may wait synchronously, for instance for credentials; see S3HttpClientFactory.
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
            // The keys may have come over a network; see S3HttpClientFactory.
            await Task.Yield();
            return keys;
        }
    : (_, _) => ValueTask.FromResult<S3Keys?>(null);

    private static bool IsRefusal(Exception failure) => failure is AmazonS3Exception refusal
        && (refusal.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            || refusal.ErrorCode is "ExpiredToken" or "InvalidToken" or "TokenRefreshRequired")
        && refusal.ErrorCode is not ("RequestTimeTooSkewed" or "InvalidObjectState");
}
