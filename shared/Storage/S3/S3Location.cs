using Mirror.Storage.Drivers;
using Mirror.Storage.S3;

namespace Mirror.Storage;

/// <summary>A bucket, or a part of one.</summary>
/// <param name="Prefix">What all keys are below, without slashes around it; empty for none.</param>
public sealed record S3Location(string Bucket, string Prefix) : StoreLocation
{
    /// <summary>Where the default chain does not say it.</summary>
    public string? Region { get; init; }

    /// <summary>The server, where it is not Amazon's. Buckets are then part of the path.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Of bundles, as the server calls it: <c>STANDARD_IA</c>. What is small and changes stays in the standard class.</summary>
    public string? StorageClass { get; init; }

    public override StoreKind Kind => S3Kind.Instance;

    /// <summary>All of Amazon's hosts are one place.</summary>
    private string? Authority =>
        Endpoint?.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase) == true ? null : Endpoint?.Authority;

    public override bool Overlaps(StoreLocation other) =>
        other is S3Location s3 && s3.Bucket == Bucket && s3.Authority == Authority;

    internal override IStoreDriver Connect(LoginValues login, TimeProvider time) => new S3Driver(this, S3Kind.LoginOf(login), time);

    public override string ToString() => $"s3://{Bucket}{(Prefix.Length > 0 ? $"/{Prefix}" : "")}";
}
