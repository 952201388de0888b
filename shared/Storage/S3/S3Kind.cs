using Mirror.Storage.Drivers;

namespace Mirror.Storage.S3;

/// <summary>The syntax of <c>s3://</c>, and the logins for it.</summary>
internal sealed class S3Kind : StoreKind
{
    private static readonly LoginKey AccessKey = new("access_key");
    private static readonly LoginKey SecretKey = new("secret_key");
    private static readonly LoginKey SessionToken = new("session_token") { IsOptional = true };
    private static readonly LoginKey Profile = new("profile") { IsSecret = false };

    // Declared after the keys, since static fields are initialised in order.
    public static readonly S3Kind Instance = new();

    private S3Kind()
    {
    }

    public override string Scheme => "s3";

    public override string Form => "s3://BUCKET[/PREFIX]";

    public override string ObjectForm => "s3://BUCKET/KEY?region=…";

    public override IReadOnlyList<LoginWay> Logins { get; } = [new(AccessKey, SecretKey, SessionToken), new(Profile)];

    public static S3Login LoginOf(LoginValues login) =>
        login.Words.TryGetValue(Profile.Name, out var profile) ? new S3Login.Profile(profile)
        : login.Secrets.TryGetValue(AccessKey.Name, out var access) && login.Secrets.TryGetValue(SecretKey.Name, out var secret)
            ? new S3Login.Keys(async (age, cancellation) => new S3Keys(
                await access(age, cancellation),
                await secret(age, cancellation),
                login.Secrets.TryGetValue(SessionToken.Name, out var token) ? await token(age, cancellation) : null))
        : new S3Login.Machine();

    internal override StoreLocation Parse(string text, string directory)
    {
        var query = LocationQuery.Split(ref text, "region", "endpoint", "storage_class")
            ?? throw new FormatException("s3://…? takes region=…, endpoint=… and storage_class=…, each once");
        var (bucket, prefix) = LocationText.SplitOff(text);
        // Amazon's rules are narrower now. Older buckets and other servers also have upper case and underscores.
        return bucket.Length is >= 3 and <= 63 && bucket.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
            && !bucket.Split('.').Contains("")
            ? new S3Location(bucket, LocationText.CheckPrefix(prefix))
            {
                Region = CheckWord(query, "region"),
                Endpoint = LocationText.ParseEndpoint(query),
                StorageClass = CheckWord(query, "storage_class"),
            }
            : throw new FormatException("s3://BUCKET: a bucket is 3 to 63 letters, digits, dots and hyphens");
    }

    private static string? CheckWord(LocationQuery query, string key) =>
        query[key] is not { } word || word.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? query[key]
            : throw new FormatException($"{key}: letters, digits, hyphens and underscores");
}
