namespace Mirror.Functions;

/// <summary>The user asked for something that makes no sense; the message says what and what to do. Exit status 2.</summary>
internal sealed class UsageException(string message, Exception? inner = null) : Exception(message, inner);
