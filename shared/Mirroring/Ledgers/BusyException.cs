namespace Mirror.Mirroring;

/// <summary>Another worker holds the mirror's turn.</summary>
public sealed class BusyException(string message) : Exception(message)
{
    /// <summary>Whether the turn was lost during the work, as opposed to never obtained.</summary>
    public bool HasBegun { get; init; }
}
