namespace Mirror.Tests.FunctionsHost.Package;

/// <summary>One function cannot be run; the others can.</summary>
internal sealed class FunctionRefusedException(string message) : Exception(message);
