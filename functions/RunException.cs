namespace Mirror.Functions;

/// <summary>What every mirror of a run needs cannot be had: none was done, and the usage was not at fault.</summary>
internal sealed class RunException(string message, Exception inner) : Exception(message, inner);
