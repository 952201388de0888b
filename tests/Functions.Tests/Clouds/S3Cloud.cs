using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Mirror.Tests.Servers;

namespace Mirror.Functions.Tests.Clouds;

/// <summary>Three buckets of a real S3 server. The far side is a user of its own, whom the transfer bucket's policy lets read.</summary>
internal sealed class S3Cloud : Cloud
{
    private readonly Uri _endpoint;
    private readonly AmazonS3Client _client;
    private readonly string _name = $"cloud-{Guid.NewGuid():N}";

    private S3Cloud(Uri endpoint)
    {
        _endpoint = endpoint;
        _client = ClientOf(RadosGateway.Writer);
    }

    public override string Bucket => Location(_name, "/team/a");

    public override string NearState => Location($"{_name}-near");

    public override string FarState => Location($"{_name}-far");

    public override (string, Dictionary<string, string>) Near => LoginOf(RadosGateway.Writer);

    public override (string, Dictionary<string, string>) Far => LoginOf(RadosGateway.Reader);

    public override string MissingRight => "s3:PutObject";

    public override string NoSuchBucket => Location("not-there");

    public static async Task<S3Cloud> MakeAsync()
    {
        var cloud = new S3Cloud((await RadosGateway.SharedAsync()).Url);
        foreach (var bucket in new[] { cloud._name, $"{cloud._name}-near" })
        {
            await cloud._client.PutBucketAsync(bucket);
        }
        using var reader = cloud.ClientOf(RadosGateway.Reader);
        await reader.PutBucketAsync($"{cloud._name}-far");
        // The policy of docs/stores.md, in the words that this server has for a user.
        await cloud._client.PutBucketPolicyAsync(cloud._name, $$"""
            { "Version": "2012-10-17", "Statement": [ {
              "Effect": "Allow",
              "Principal": { "AWS": ["arn:aws:iam:::user/{{RadosGateway.Reader}}"] },
              "Action": ["s3:ListBucket", "s3:GetObject"],
              "Resource": ["arn:aws:s3:::{{cloud._name}}", "arn:aws:s3:::{{cloud._name}}/*"] } ] }
            """);
        return cloud;
    }

    public override async Task<IReadOnlyList<string>> ListAsync()
    {
        var listing = await _client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = _name });
        return [.. listing.S3Objects?.Select(found => found.Key) ?? []];
    }

    public override Task DeleteAsync(string name) => _client.DeleteObjectAsync(_name, name);

    private (string, Dictionary<string, string>) LoginOf(string user) => (
        "credentials:\n" + string.Concat(new[] { _name, $"{_name}-near", $"{_name}-far", "not-there" }.Select(bucket =>
            $"  - {{ match: s3://{bucket}, access_key: env:S3_ID, secret_key: env:S3_SECRET }}\n")),
        new Dictionary<string, string> { ["S3_ID"] = user, ["S3_SECRET"] = user + RadosGateway.Secret });

    private AmazonS3Client ClientOf(string user) => new(new BasicAWSCredentials(user, user + RadosGateway.Secret), new AmazonS3Config
    {
        ServiceURL = _endpoint.AbsoluteUri,
        ForcePathStyle = true,
        AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });

    private string Location(string bucket, string prefix = "") => $"s3://{bucket}{prefix}?endpoint={_endpoint.AbsoluteUri.TrimEnd('/')}";
}
