namespace Mirror.Functions;

/// <summary>What a run as a whole needs cannot be had, and the usage is not at fault.</summary>
internal sealed class RunException(string message, Exception inner) : Exception(message, inner);
