namespace Mirror.Mirroring;

/// <summary>Another worker has the mirror's turn.</summary>
public sealed class BusyException(string message) : Exception(message);
