namespace Mirror.Git.Protocol;

/// <summary>What both sides announced: the server's capabilities and our agent name.</summary>
internal sealed record Terms(Capabilities Capabilities, string Agent);
