namespace Mirror.Mirroring;

/// <summary>Another worker has the mirror's turn.</summary>
public sealed class BusyException(string message) : Exception(message)
{
    /// <summary>Whether the turn was lost in the middle of the work, rather than never got.</summary>
    public bool HasBegun { get; init; }
}
