namespace Mirror.Functions;

/// <summary>The run as a whole lacks something that it needs, and the usage is correct.</summary>
internal sealed class RunException(string message, Exception inner) : Exception(message, inner);
