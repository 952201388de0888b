namespace Mirror.Storage;

/// <summary>An object as a store lists it. Its ETag is another after every write, and the same until then.</summary>
public readonly record struct StoredObject(string Key, long Size, string ETag, DateTimeOffset Modified);

/// <summary>A small object, held whole.</summary>
public sealed record StoredContent(ReadOnlyMemory<byte> Bytes, string ETag);
