namespace Mirror.Storage;

/// <summary>A bucket, or a part of one.</summary>
/// <param name="Prefix">What all keys are below, without slashes around it; empty for none.</param>
public sealed record S3Address(string Bucket, string Prefix)
{
    /// <summary>Where the default chain does not say it.</summary>
    public string? Region { get; init; }

    /// <summary>The server, where it is not Amazon's. Buckets are then part of the path.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>Of bundles; what is small and changes stays in the standard class.</summary>
    public string? StorageClass { get; init; }
}
