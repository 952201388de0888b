namespace Mirror.Mirroring;

/// <summary>What one round over a mirror came to. A round is a value: the next one begins with what this one has achieved.</summary>
internal interface IRound
{
    /// <summary>Whether there is nothing more to do.</summary>
    bool IsDone { get; }

    /// <summary>What broke the round off; null where nothing did.</summary>
    Exception? Broken { get; }
}
