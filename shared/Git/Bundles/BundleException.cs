namespace Mirror.Git;

/// <summary>Bytes that are not a bundle, an incomplete bundle, or one that this program does not support.</summary>
public sealed class BundleException(string message) : Exception(message);
