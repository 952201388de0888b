using System.Net;
using System.Text;
using Amazon.Runtime;
using Amazon.SecurityToken;
using Mirror.Storage.Drivers;
using Mirror.Storage.S3;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests.S3;

/// <summary>What no server does on demand, from a fake.</summary>
public sealed class S3FaultTests
{
    private static CancellationToken Late => new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;

    [Theory]
    [InlineData(503, "SlowDown", StorageFailure.Throttled, "127.0.0.1:PORT has too much to do: 503 SlowDown: words")]
    [InlineData(429, "", StorageFailure.Throttled, "127.0.0.1:PORT has too much to do: 429 TooManyRequests")]
    [InlineData(500, "InternalError", StorageFailure.Unavailable, "127.0.0.1:PORT failed: 500 InternalError: words")]
    [InlineData(502, "BadGateway", StorageFailure.Unavailable, "127.0.0.1:PORT failed: 502 BadGateway: words")]
    [InlineData(400, "RequestTimeout", StorageFailure.Unavailable, "127.0.0.1:PORT failed: 400 RequestTimeout: words")]
    [InlineData(403, "QuotaExceeded", StorageFailure.Full, "a quota is used up, or no space is left")]
    [InlineData(400, "ExpiredToken", StorageFailure.Denied, "the temporary keys have expired")]
    [InlineData(400, "EntityTooLarge", StorageFailure.Invalid, "the store does not accept an object of this size")]
    [InlineData(501, "NotImplemented", StorageFailure.Invalid, "127.0.0.1:PORT cannot do that: 501 NotImplemented: words")]
    [InlineData(400, "NeverHeard", StorageFailure.Invalid, "127.0.0.1:PORT refused it: 400 NeverHeard: words")]
    [InlineData(404, "NoSuchThing", StorageFailure.NotFound, "127.0.0.1:PORT has no such place: 404 NoSuchThing: words")]
    [InlineData(403, "InvalidObjectState", StorageFailure.Invalid,
        "it is archived: it must be restored in the bucket before it can be read")]
    public async Task What_a_server_refuses_has_one_meaning(int status, string code, StorageFailure expected, string message)
    {
        await using var server = new FakeServer(Error(status, code, "words"));

        var failure = await FailsAsync(expected, server.Port, store => store.TryReadAsync("a", 10, Late));

        Assert.Equal($"s3://bucket: read 'a': {message.Replace("PORT", $"{server.Port}", StringComparison.Ordinal)}", failure.Message);
        Assert.InRange(server.Requests.Count, 1, 4);
    }

    [Fact]
    public async Task A_bucket_in_another_region_is_said_to_be_there()
    {
        await using var old = new FakeServer(Error(301, "PermanentRedirect", "use the endpoint", "x-amz-bucket-region: eu-west-3"));
        await using var young = new FakeServer(
            Error(400, "AuthorizationHeaderMalformed", "the region 'us-east-1' is wrong; expecting 'eu-west-3'"));
        foreach (var server in new[] { old, young })
        {
            var failure = await FailsAsync(StorageFailure.Invalid, server.Port, store => store.TryReadAsync("a", 10, Late));
            Assert.EndsWith(
                "the bucket is in the region eu-west-3: say ?region=eu-west-3 behind it", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_clock_that_is_wrong_is_said_by_how_much()
    {
        var date = $"Date: {DateTime.UtcNow.AddHours(3):R}";
        await using var server = new FakeServer(Error(403, "RequestTimeTooSkewed", "too large", date));

        var failure = await FailsAsync(StorageFailure.Denied, server.Port, store => store.TryReadAsync("a", 10, Late));

        Assert.EndsWith(
            "this clock and the store's are 180 minutes apart: set the one that is wrong", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_for_people_is_no_object_and_no_empty_listing()
    {
        await using var server = new FakeServer(FakeAnswer.Ok("text/html", "<html>log in</html>"u8.ToArray()));
        Func<ObjectStore, Task>[] actions =
        [
            store => store.TryReadAsync("a", 1000, Late), store => store.ListAsync("", Late).ToListAsync().AsTask(),
            store => store.PutAsync("a", new byte[10], WriteCondition.None, Late),
        ];
        foreach (var action in actions)
        {
            var failure = await FailsAsync(StorageFailure.Unavailable, server.Port, action);
            Assert.Contains(
                "what answers is no S3 server, or something on the way answered in its place", failure.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a")]
    [InlineData("<ListBucketResult><IsTruncated>perhaps</IsTruncated></ListBucketResult>")]
    // The rest cannot be asked for, and what is not listed is taken to be absent.
    [InlineData("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>")]
    public async Task What_is_no_whole_listing_is_none(string page)
    {
        await using var server = new FakeServer(FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(page)));

        await FailsAsync(StorageFailure.Unavailable, server.Port, store => store.ListAsync("", Late).ToListAsync().AsTask());
    }

    [Fact]
    public async Task A_refusal_that_breaks_off_is_no_matter_of_logins()
    {
        var whole = FakeAnswer.Bytes(404, "application/xml", "<Error><Code>NoSuchKey</Code><Message>words</Message></Error>"u8);
        await using var server = new FakeServer(FakeAnswer.Cut(whole, whole.Length - 20));

        await FailsAsync(StorageFailure.Unavailable, server.Port, store => store.TryReadAsync("a", 10, Late));
    }

    [Theory]
    [InlineData(HttpStatusCode.Forbidden, "AccessDenied", StorageFailure.Denied)]
    [InlineData(HttpStatusCode.BadRequest, "Throttling", StorageFailure.Throttled)]
    [InlineData(HttpStatusCode.ServiceUnavailable, "ServiceUnavailable", StorageFailure.Unavailable)]
    public void A_role_that_is_not_given_is_told_with_its_reason(HttpStatusCode status, string code, StorageFailure expected)
    {
        var refusal =
            new AmazonSecurityTokenServiceException("not authorized to perform: sts:AssumeRole") { StatusCode = status, ErrorCode = code };
        var bucket = new S3Bucket(new S3Location("bucket", ""), new S3Login.Machine(), TimeProvider.System);

        // As the SDK throws it.
        var explained = new S3Failure(bucket)
            .Explain(new AmazonClientException("Error calling AssumeRole for role x", refusal), StoreAction.Read);

        Assert.Equal((expected, "no login could be had: not authorized to perform: sts:AssumeRole"), explained);
    }

    [Theory]
    [InlineData("http://nowhere.invalid", "nowhere.invalid: there is no such host, or the network is down")]
    [InlineData("http://127.0.0.1:1", "127.0.0.1:1: Connection refused")]
    [InlineData("https://127.0.0.1:PORT", "127.0.0.1:PORT: TLS failed: ")]
    public async Task A_server_that_cannot_be_reached_is_named(string url, string message)
    {
        var server = await RadosGateway.SharedAsync();
        var endpoint = new Uri(url.Replace("PORT", $"{server.Port}", StringComparison.Ordinal));
        var store = ObjectStore.OpenS3(new S3Location("bucket", "") { Endpoint = endpoint }, S3TestBucket.Login, TimeProvider.System);

        var failure = await Assert.ThrowsAsync<StorageException>(() => store.TryStatAsync("a", Late));

        Assert.Equal(StorageFailure.Unavailable, failure.Failure);
        message = message.Replace("PORT", $"{server.Port}", StringComparison.Ordinal);
        Assert.StartsWith($"s3://bucket: look at 'a': {message}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_not_waited_for_for_ever()
    {
        var time = new HandTime();
        await using var server = new FakeServer(FakeAnswer.Stall());
        var store = Open(server.Port, time);

        var failure = await time.SkipPausesAsync(
            () => Assert.ThrowsAsync<StorageException>(() => store.TryReadAsync("a", 10, Late)), longest: TimeSpan.FromMinutes(1));

        Assert.Equal((StorageFailure.Unavailable, true), (failure.Failure, failure.IsTransient));
        Assert.EndsWith($"127.0.0.1:{server.Port}: no answer came in time", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    // The answer is lost, and what was written is in the way of the second try.
    [InlineData(1, true, true)]
    [InlineData(1, false, false)]
    // No try is answered.
    [InlineData(4, true, true)]
    public async Task A_write_with_a_condition_whose_answer_is_lost_is_looked_up(int lost, bool isOwn, bool isWritten)
    {
        var (count, mark) = (0, "");
        await using var server = new FakeServer((request, stream, cancellation) =>
        {
            var answer = request.Method == "HEAD" ? FakeAnswer.Raw(Encoding.Latin1.GetBytes(
                    $"HTTP/1.1 200 Status\r\nContent-Length: 7\r\nETag: \"2\"\r\nx-amz-meta-mirror-upload: {(isOwn ? mark : "x")}\r\n\r\n"))
                : count++ < lost ? Error(500, "UnknownError", "words")
                : Error(412, "PreconditionFailed", "words");
            mark = request.Headers.GetValueOrDefault("x-amz-meta-mirror-upload", mark);
            return answer(request, stream, cancellation);
        });
        var writing = Open(server.Port, TimeProvider.System).PutAsync("a", "content"u8.ToArray(), WriteCondition.IfMatch("1"), Late);

        if (isWritten)
        {
            Assert.Equal("2", await writing);
        }
        else
        {
            Assert.Equal(StorageFailure.Conflict, (await Assert.ThrowsAsync<StorageException>(() => writing)).Failure);
        }
        Assert.Equal("HEAD /bucket/a", server.Requests[^1].ToString());
    }

    [Fact]
    public async Task A_write_that_fails_and_left_nothing_has_failed()
    {
        await using var server = new FakeServer((request, stream, cancellation) => (request.Method == "HEAD"
            ? FakeAnswer.Raw("HTTP/1.1 404 Status\r\nContent-Length: 0\r\n\r\n"u8.ToArray())
            : Error(500, "UnknownError", "words"))(request, stream, cancellation));

        var failure = await FailsAsync(StorageFailure.Unavailable, server.Port,
            store => store.PutAsync("a", "content"u8.ToArray(), WriteCondition.IfAbsent, Late));

        Assert.EndsWith("failed: 500 UnknownError: words", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(404, "NoSuchUpload")]
    // Amazon answers the end of an upload before it is done, and says so in the body where it fails then.
    [InlineData(200, "InternalError")]
    public async Task An_upload_whose_end_was_not_answered_is_looked_up(int status, string code)
    {
        await using var server = Uploads(status, code, isFound: true);
        await using var writer = await Open(server.Port, TimeProvider.System).CreateAsync("a", Late);
        await writer.WriteAsync(new byte[6_000_000], Late);

        Assert.Equal((6_000_000, "2"), await writer.CompleteAsync(Late) is var written ? (written.Size, written.ETag) : default);
    }

    [Fact]
    public async Task An_upload_that_fails_behind_a_good_status_may_be_tried_again()
    {
        await using var server = Uploads(200, "InternalError", isFound: false);
        await using var writer = await Open(server.Port, TimeProvider.System).CreateAsync("a", Late);
        await writer.WriteAsync(new byte[6_000_000], Late);

        var failure = await Assert.ThrowsAsync<StorageException>(() => writer.CompleteAsync(Late));

        Assert.Equal((StorageFailure.Unavailable, true), (failure.Failure, failure.IsTransient));
    }

    [Fact]
    public async Task Ten_thousand_objects_take_at_most_eleven_requests()
    {
        await using var server = new FakeServer((request, stream, cancellation) =>
            FakeAnswer.Ok("application/xml", Page(request.Target))(request, stream, cancellation));

        var keys = await Open(server.Port, TimeProvider.System).ListAsync("", Late).Select(found => found.Key).ToListAsync();

        Assert.Equal(Enumerable.Range(0, 10_000).Select(i => $"object {i:00000}"), keys);
        Assert.InRange(server.Requests.Count, 10, 11);
    }

    [Fact]
    public async Task A_small_object_takes_one_request()
    {
        await using var server = new FakeServer(FakeAnswer.Raw(FakeAnswer.Bytes(200, "binary/octet-stream", "content"u8, "ETag: \"1\"")));

        var content = await Open(server.Port, TimeProvider.System).ReadAsync("a", 100, Late);

        Assert.Equal("content"u8.ToArray(), content.Bytes.ToArray());
        Assert.Equal("GET /bucket/a", Assert.Single(server.Requests).ToString());
    }

    [Fact]
    public async Task An_object_that_is_no_longer_empty_when_it_is_looked_at_is_read()
    {
        await using var server = new FakeServer(FakeAnswer.InTurn(
            Error(416, "InvalidRange", "words"),
            FakeAnswer.Raw("HTTP/1.1 200 Status\r\nContent-Length: 7\r\nETag: \"1\"\r\n\r\n"u8.ToArray()),
            FakeAnswer.Raw(FakeAnswer.Bytes(206, "binary/octet-stream", "content"u8, "ETag: \"1\"", "Content-Range: bytes 0-6/7"))));

        Assert.Equal("content"u8.ToArray(), (await Open(server.Port, TimeProvider.System).ReadAsync("a", 100, Late)).Bytes.ToArray());
        Assert.Equal(["GET /bucket/a", "HEAD /bucket/a", "GET /bucket/a"], server.Requests.Select(request => request.ToString()));
    }

    [Fact]
    public async Task An_etag_need_not_be_a_digest()
    {
        await using var server = new FakeServer(FakeAnswer.Raw(FakeAnswer.Bytes(200, "application/xml", "content"u8, "ETag: \"1\"")));
        var store = Open(server.Port, TimeProvider.System);

        Assert.Equal("1", await store.PutAsync("a", "content"u8.ToArray(), WriteCondition.None, Late));
        Assert.Equal("1", (await store.ReadAsync("a", 100, Late)).ETag);
        Assert.Equal("content"u8.ToArray(), server.Requests[0].Body);
        Assert.DoesNotContain(
            server.Requests[0].Headers.Keys,
            name => name == "Content-MD5" || name.Contains("checksum", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_store_that_does_not_know_ranges_is_not_read_from_the_wrong_place()
    {
        await using var server = new FakeServer(FakeAnswer.Raw(FakeAnswer.Bytes(200, "binary/octet-stream", "content"u8, "ETag: \"1\"")));

        var failure = await FailsAsync(StorageFailure.Invalid, server.Port, store => store.OpenReadAsync("a", 3, Late));

        Assert.EndsWith("the store was asked for what is at offset 3, and gave something else", failure.Message, StringComparison.Ordinal);
    }

    private static ObjectStore Open(int port, TimeProvider time) =>
        ObjectStore.OpenS3(new S3Location("bucket", "") { Endpoint = new Uri($"http://127.0.0.1:{port}") }, S3TestBucket.Login, time);

    private static async Task<StorageException> FailsAsync(StorageFailure expected, int port, Func<ObjectStore, Task> action)
    {
        var failure = await Assert.ThrowsAsync<StorageException>(() => action(Open(port, TimeProvider.System)));
        Assert.Equal(expected, failure.Failure);
        Assert.DoesNotContain(failure.Message, c => char.IsControl(c));
        return failure;
    }

    /// <summary>A server that takes uploads in parts and ends each with an error.</summary>
    private static FakeServer Uploads(int status, string code, bool isFound)
    {
        var mark = "";
        return new FakeServer((request, stream, cancellation) =>
        {
            mark = request.Headers.GetValueOrDefault("x-amz-meta-mirror-upload", mark);
            var answer = (request.Method, request.Target) switch
            {
                ("HEAD", _) when !isFound => FakeAnswer.Raw("HTTP/1.1 404 Status\r\nContent-Length: 0\r\n\r\n"u8.ToArray()),
                ("HEAD", _) => FakeAnswer.Raw(Encoding.Latin1.GetBytes(
                    $"HTTP/1.1 200 Status\r\nContent-Length: 6000000\r\nETag: \"2\"\r\nx-amz-meta-mirror-upload: {mark}\r\n\r\n")),
                ("PUT", _) => FakeAnswer.Raw(FakeAnswer.Bytes(200, "application/xml", [], "ETag: \"1\"")),
                (_, var target) when target.Contains("uploads", StringComparison.Ordinal) => FakeAnswer.Ok("application/xml",
                    "<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>"u8.ToArray()),
                _ => Error(status, code, "words"),
            };
            return answer(request, stream, cancellation);
        });
    }

    private static FakeHandler Error(int status, string code, string message, params string[] headers)
    {
        var xml = code.Length == 0 ? message : $"<Error><Code>{code}</Code><Message>{message}</Message></Error>";
        return FakeAnswer.Raw(FakeAnswer.Bytes(status, "application/xml", Encoding.UTF8.GetBytes(xml), headers));
    }

    /// <summary>A page of a listing as Amazon writes it, with '+' for a space.</summary>
    private static byte[] Page(string target)
    {
        var first = WebUtility.UrlDecode(target).Split("continuation-token=", 2) is [_, var rest] ? int.Parse(rest.Split('&')[0], null) : 0;
        var objects = Enumerable.Range(first, 1000).Select(i =>
            $"<Contents><Key>object+{i:00000}</Key><ETag>&quot;{i}&quot;</ETag><Size>1</Size></Contents>");
        var next = first + 1000;
        var more = next == 10_000
            ? "<IsTruncated>false</IsTruncated>"
            : $"<IsTruncated>true</IsTruncated><NextContinuationToken>{next}</NextContinuationToken>";
        return Encoding.UTF8.GetBytes(
            $"<ListBucketResult><EncodingType>url</EncodingType>{more}{string.Concat(objects)}</ListBucketResult>");
    }
}
