namespace Mirror.Storage;

/// <summary>An object as a store lists it. Its ETag changes with every write, and only then.</summary>
public readonly record struct StoredObject(string Key, long Size, string ETag, DateTimeOffset Modified);

/// <summary>The content of a small object.</summary>
public sealed record StoredContent(ReadOnlyMemory<byte> Bytes, string ETag);
