using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.S3.Transfer;
using Azure.Storage.Blobs;
using Mirror.Storage;

// One transfer by Mirror.Storage, or by the vendor's own library with its own settings:
//   store-bench ours|sdk up|down|make az CONNECTION_STRING CONTAINER KEY FILE
//   store-bench ours|sdk up|down|make s3 ENDPOINT ACCESS_KEY SECRET_KEY BUCKET KEY FILE
// make makes the container or bucket first.
var (who, action, kind, place) = (args[0], args[1], args[2], args[3..^2]);
var (key, file) = (args[^2], args[^1]);
var cancellation = CancellationToken.None;
await (who switch
{
    "ours" => OursAsync(kind == "az"
        ? ObjectStore.OpenAzure(new AzureLocation("devstoreaccount1", place[1], ""),
            new AzureLogin.ConnectionString((_, _) => ValueTask.FromResult(place[0])), TimeProvider.System)
        : ObjectStore.OpenS3(new Mirror.Storage.S3Location(place[3], "") { Endpoint = new Uri(place[0]) },
            new S3Login.Keys((_, _) => ValueTask.FromResult(new S3Keys(place[1], place[2], null))), TimeProvider.System)),
    _ => kind == "az" ? AzureAsync(new BlobContainerClient(place[0], place[1])) : S3Async(),
});

async Task OursAsync(ObjectStore store)
{
    switch (action)
    {
        case "up":
            await using (var source = File.OpenRead(file))
            await using (var writer = await store.CreateAsync(key, cancellation))
            {
                // As a pack comes: in pieces of a side-band packet.
                await source.CopyToAsync(writer, 64 * 1024, cancellation);
                await writer.CompleteAsync(cancellation);
            }
            break;
        default:
            await using (var reader = await store.OpenReadAsync(key, 0, cancellation))
            {
                await reader.CopyToAsync(Stream.Null, 64 * 1024, cancellation);
            }
            break;
    }
}

async Task AzureAsync(BlobContainerClient container)
{
    if (action == "make")
    {
        await container.CreateAsync();
    }
    if (action != "down")
    {
        await container.GetBlobClient(key).UploadAsync(file, overwrite: true);
    }
    else
    {
        await container.GetBlobClient(key).DownloadToAsync(Stream.Null);
    }
}

async Task S3Async()
{
    using var client = new AmazonS3Client(new BasicAWSCredentials(place[1], place[2]), new AmazonS3Config
    {
        ServiceURL = place[0],
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });
    if (action == "make")
    {
        await client.PutBucketAsync(place[3]);
    }
    if (action != "down")
    {
        using var transfer = new TransferUtility(client);
        await transfer.UploadAsync(file, place[3], key);
    }
    else
    {
        using var response = await client.GetObjectAsync(new GetObjectRequest { BucketName = place[3], Key = key });
        await response.ResponseStream.CopyToAsync(Stream.Null);
    }
}
