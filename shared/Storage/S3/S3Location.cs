using Mirror.Storage.Drivers;
using Mirror.Storage.S3;

namespace Mirror.Storage;

/// <summary>A bucket, or a part of one.</summary>
/// <param name="Prefix">The beginning of all keys, without slashes around it; empty for none.</param>
public sealed record S3Location(string Bucket, string Prefix) : StoreLocation
{
    /// <summary>The region; null for the one of the default chain.</summary>
    public string? Region { get; init; }

    /// <summary>The server, if it is not Amazon's. Buckets are then part of the path.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The storage class of bundles, in the server's spelling: <c>STANDARD_IA</c>. Small objects that change stay in the
    /// standard class.</summary>
    public string? StorageClass { get; init; }

    public override StoreKind Kind => S3Kind.Instance;

    /// <summary>All of Amazon's hosts count as one server.</summary>
    private string? Authority =>
        Endpoint?.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) == true ? null : Endpoint?.Authority;

    public override bool Overlaps(StoreLocation other) =>
        other is S3Location s3 && s3.Bucket == Bucket && s3.Authority == Authority;

    internal override IStoreDriver Connect(LoginValues login, TimeProvider time) => new S3Driver(this, S3Kind.LoginOf(login), time);

    public override string ToString() => $"s3://{Bucket}{(Prefix.Length > 0 ? $"/{Prefix}" : "")}";
}
