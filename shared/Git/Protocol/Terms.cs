namespace Mirror.Git.Protocol;

/// <summary>What both sides of a dialogue know of each other: what the server can do, and what we call ourselves.</summary>
internal sealed record Terms(Capabilities Capabilities, string Agent);
