namespace Mirror.Tests.FunctionsHost;

/// <summary>What a queue may do, and seldom does: for the tests that want it now.</summary>
public sealed record DeliveryFaults
{
    public Duplicates Duplicates { get; init; }

    /// <summary>Hands out the messages that are there in an order of its own.</summary>
    public bool IsReordered { get; init; }

    /// <summary>Of that order.</summary>
    public int Seed { get; init; } = 1;
}

public enum Duplicates
{
    None,

    /// <summary>Each message comes once more after it has succeeded, as when the host dies before it deletes it.</summary>
    Afterwards,

    /// <summary>Each message is called twice at the same time, as when its lease ends early. The second call decides.</summary>
    AtOnce,
}
