namespace Mirror.Functions;

/// <summary>The user asked for something invalid. The message names the mistake and the next action. Exit status 2.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
