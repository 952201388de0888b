namespace Mirror.Storage;

/// <summary>The bytes of an object, written as they are made, so that nobody has to hold all of them.</summary>
/// <param name="Size">About how many there are, for a store that holds them all the same.</param>
/// <param name="WriteAsync">Writes them from the first to the last.</param>
public sealed record ObjectContent(int Size, Func<Stream, CancellationToken, Task> WriteAsync);
