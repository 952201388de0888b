namespace Mirror.Functions.Serving;

/// <summary>Why a call failed, in one line: an outcome that is also reported elsewhere, or an invalid message.</summary>
internal sealed class CallException(string message) : Exception(message);
