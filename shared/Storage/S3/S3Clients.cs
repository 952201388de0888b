using System.Diagnostics.CodeAnalysis;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.CredentialManagement;
using Amazon.Runtime.Credentials;
using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SSO;
using Amazon.SSOOIDC;

namespace Mirror.Storage.S3;

/// <summary>Makes clients of the SDK with a login, a server and a retry policy.</summary>
internal static class S3Clients
{
    // The first attempt and three more, with pauses of at most 1, 2 and 4 seconds.
    private const int RetryCount = 3;

    private static readonly S3HttpClientFactory HttpClients = new();

    public static AmazonS3Client Connect(S3Location address, S3Login login, S3Keys? keys)
    {
        var profile = login is S3Login.Profile { Name: var name } ? Find(name) : null;
        var config = Configure(address, profile);
        return new AmazonS3Client(Authenticate(keys, profile, config), config);
    }

    private static AmazonS3Config Configure(S3Location address, CredentialProfile? profile)
    {
        var config = new AmazonS3Config
        {
            RetryMode = RequestRetryMode.Standard,
            MaxErrorRetry = RetryCount,
            HttpClientFactory = HttpClients,
            // age and signatures authenticate the content, and most objects are read with several requests,
            // for which there is no checksum.
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (address.Endpoint is { } endpoint)
        {
            config.ServiceURL = endpoint.AbsoluteUri;
            config.ForcePathStyle = true;
            config.AuthenticationRegion = address.Region ?? "us-east-1";
            // Trailing checksums are Amazon's own, and many servers refuse them.
            config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
            return config;
        }
        config.RegionEndpoint = address.Region is { } region
            ? RegionEndpoint.GetBySystemName(region)
            : profile?.Region ?? config.RegionEndpoint;
        return config.RegionEndpoint is null
            ? throw new InvalidDataException("no region is known: say ?region=REGION behind the bucket, or set AWS_REGION")
            : config;
    }

    private static AWSCredentials Authenticate(S3Keys? keys, CredentialProfile? profile, AmazonS3Config config) => keys switch
    {
        { AccessKey: "" } or { SecretKey: "" } => throw new UnauthorizedAccessException("the access key or the secret key is empty"),
        { Token: { Length: > 0 } token } => new SessionAWSCredentials(keys.AccessKey, keys.SecretKey, token),
        { } => new BasicAWSCredentials(keys.AccessKey, keys.SecretKey),
        null => FromMachine(profile, config),
    };

    // Roles and SSO need further clients, which the SDK loads by name. Without these attributes, trimming would remove them.
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(AmazonSecurityTokenServiceClient))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(AmazonSecurityTokenServiceConfig))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(AmazonSSOClient))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(AmazonSSOConfig))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(AmazonSSOOIDCClient))]
    [DynamicDependency(DynamicallyAccessedMemberTypes.All, typeof(AmazonSSOOIDCConfig))]
    private static AWSCredentials FromMachine(CredentialProfile? profile, AmazonS3Config config)
    {
        // The SDK makes those clients itself, with this factory.
        AWSConfigs.HttpClientFactory = HttpClients;
        try
        {
            return profile?.GetAWSCredentials(new CredentialProfileStoreChain())
                ?? DefaultAWSCredentialsIdentityResolver.GetCredentials(config);
        }
        catch (Exception failure)
        {
            // Exceptions of any type: of the SDK, of files, of programs that a profile names.
            throw new UnauthorizedAccessException(profile is null
                ? "no credentials were found: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or give this machine a role"
                : $"the profile '{profile.Name}' gives no credentials: {S3Text.Line(failure.Message)}", failure);
        }
    }

    private static CredentialProfile Find(string name) => new CredentialProfileStoreChain().TryGetProfile(name, out var profile)
        ? profile
        : throw new UnauthorizedAccessException($"there is no profile '{name}' in ~/.aws/config or ~/.aws/credentials");
}
