using System.Text;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Mirror.Storage.Azure;
using Mirror.Storage.Drivers;
using Mirror.Streams;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests;

public sealed class AzureSlowAnswerTests
{
    private const string Page = "<?xml version=\"1.0\" encoding=\"utf-8\"?>"
        + "<EnumerationResults ServiceEndpoint=\"http://a/\" ContainerName=\"container\"><Blobs><Blob><Name>a</Name>"
        + "<Properties><Content-Length>1</Content-Length></Properties></Blob></Blobs><NextMarker/></EnumerationResults>";

    private CancellationToken Late { get; } = new CancellationTokenSource(TimeSpan.FromMinutes(1)).Token;

    /// <summary>The SDK's own limit is one for the whole page, and the wall's clock: the body is held back until it has fired.</summary>
    [Fact]
    public async Task A_page_may_take_longer_than_an_answer_may_take_to_begin()
    {
        await using var server = new FakeServer(FakeAnswer.Ok("application/xml", Encoding.UTF8.GetBytes(Page)));
        var options = AzurePipeline.Options(new AnswerPace(new HandTime(), Pause: TimeSpan.FromSeconds(2)));
        options.AddPolicy(new HoldBack(), HttpPipelinePosition.BeforeTransport);
        var container = new BlobContainerClient(new Uri($"{server.Url}/account/container"), options);

        var names = await container.GetBlobsAsync(cancellationToken: Late).Select(blob => blob.Name).ToListAsync(Late);

        Assert.Equal(["a"], names);
        Assert.Single(server.Requests);
    }

    /// <summary>Holds an answer's body back until the SDK's limit for the request has fired.</summary>
    private sealed class HoldBack : HttpPipelinePolicy
    {
        public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
        {
            await ProcessNextAsync(message, pipeline);
            message.Response.ContentStream = new Body(message.Response.ContentStream!, message.CancellationToken);
        }

        public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) =>
            throw new NotSupportedException();
    }

    private sealed class Body(Stream body, CancellationToken limit) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using var firing = limit.Register(fired.SetResult);
            await fired.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
            return await body.ReadAsync(buffer, cancellationToken);
        }
    }
}
