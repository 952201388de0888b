namespace Mirror.Functions.Serving;

/// <summary>Why a call failed, in one line: an outcome that a person has read or
/// will read elsewhere, or a message that is not ours.</summary>
internal sealed class CallException(string message) : Exception(message);
