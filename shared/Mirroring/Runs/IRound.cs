namespace Mirror.Mirroring;

/// <summary>The result of one round over a mirror. It is a value, and the next round starts from it.</summary>
internal interface IRound
{
    /// <summary>Whether there is nothing more to do.</summary>
    bool IsDone { get; }

    /// <summary>The failure that ended the round; null for none.</summary>
    Exception? Broken { get; }
}
