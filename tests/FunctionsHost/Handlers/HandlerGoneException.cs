namespace Mirror.Tests.FunctionsHost.Handlers;

/// <summary>There is no handler any more, and none will be started.</summary>
internal sealed class HandlerGoneException(string message) : Exception(message);
