namespace Mirror.Git;

/// <summary>Bytes that are not a bundle, not all of one, or one that this program cannot use.</summary>
public sealed class BundleException(string message) : Exception(message);
