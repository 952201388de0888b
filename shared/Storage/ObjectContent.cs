namespace Mirror.Storage;

/// <summary>The bytes of an object, written as they are produced, so that they need not be held in memory together.</summary>
/// <param name="Size">The approximate size, for a store that holds all bytes anyway.</param>
/// <param name="WriteAsync">Writes all bytes, in order.</param>
public sealed record ObjectContent(int Size, Func<Stream, CancellationToken, Task> WriteAsync);
