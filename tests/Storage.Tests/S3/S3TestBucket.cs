using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Mirror.Tests.Servers;

namespace Mirror.Storage.Tests.S3;

/// <summary>A new bucket on the real server, and a client of the SDK for what the store itself would never do.</summary>
internal sealed class S3TestBucket : IDisposable
{
    private const string Profiles = """
        [profile writer]
        aws_access_key_id = writer
        aws_secret_access_key = writer-secret
        region = eu-west-1
        [profile nobody]
        role_arn = arn:aws:iam::123456789012:role/x
        source_profile = none

        """;

    private static int s_last;

    // The SDK looks at these once. What belongs to whoever runs the tests is none of their business.
    static S3TestBucket()
    {
        var folder = Scratch.NewFolder("aws");
        File.WriteAllText(Path.Combine(folder, "config"), Profiles);
        Environment.SetEnvironmentVariable("AWS_CONFIG_FILE", Path.Combine(folder, "config"));
        Environment.SetEnvironmentVariable("AWS_SHARED_CREDENTIALS_FILE", Path.Combine(folder, "credentials"));
        Environment.SetEnvironmentVariable("AWS_EC2_METADATA_DISABLED", "true");
        string[] names = ["ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN", "PROFILE", "REGION", "DEFAULT_REGION"];
        foreach (var name in names.Select(name => $"AWS_{name}"))
        {
            Environment.SetEnvironmentVariable(name, null);
        }
    }

    private S3TestBucket(Uri endpoint)
    {
        Name = $"bucket-{Interlocked.Increment(ref s_last)}";
        Endpoint = endpoint;
        Client = new AmazonS3Client(
            new BasicAWSCredentials(RadosGateway.Writer, RadosGateway.Writer + RadosGateway.Secret),
            new AmazonS3Config
            {
                ServiceURL = endpoint.AbsoluteUri,
                ForcePathStyle = true,
                AuthenticationRegion = "us-east-1",
                RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
                ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            });
    }

    public string Name { get; }

    public Uri Endpoint { get; }

    public AmazonS3Client Client { get; }

    public static S3Login Login { get; } = LoginOf(RadosGateway.Writer);

    public static async Task<S3TestBucket> MakeAsync()
    {
        var bucket = new S3TestBucket((await RadosGateway.SharedAsync()).Url);
        await bucket.Client.PutBucketAsync(bucket.Name);
        return bucket;
    }

    public static S3Login LoginOf(string user) => LoginOf(new S3Keys(user, user + RadosGateway.Secret, Token: null));

    public static S3Login LoginOf(S3Keys keys) => new S3Login.Keys((_, _) => ValueTask.FromResult(keys));

    public S3Location Address(string prefix = "") => new(Name, prefix) { Endpoint = Endpoint };

    /// <summary>By way of a proxy, say.</summary>
    public S3Location AddressAt(int port) => Address() with { Endpoint = new UriBuilder(Endpoint) { Port = port }.Uri };

    public ObjectStore Open(string prefix = "") => ObjectStore.OpenS3(Address(prefix), Login, TimeProvider.System);

    public async Task PutAsync(string name, string content) =>
        await Client.PutObjectAsync(
            new PutObjectRequest { BucketName = Name, Key = name, ContentBody = content, UseChunkEncoding = false });

    public async Task<int> CountUploadsAsync() => (await Client.ListMultipartUploadsAsync(Name)).MultipartUploads?.Count ?? 0;

    public void Dispose() => Client.Dispose();
}
