namespace Mirror.Tests.FunctionsHost;

/// <summary>The host does not start, for a reason for which the real one would not either.</summary>
public sealed class HostRefusedException(string message, Exception? inner = null) : Exception(message, inner);
