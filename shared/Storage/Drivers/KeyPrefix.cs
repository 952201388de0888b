namespace Mirror.Storage.Drivers;

/// <summary>The prefix of a store that shares a bucket with others: <c>PREFIX/</c>, or nothing.</summary>
internal readonly struct KeyPrefix
{
    private readonly string _text;

    /// <param name="prefix">Without slashes around it.</param>
    public KeyPrefix(string prefix) => _text = prefix.Length == 0 ? "" : $"{prefix}/";

    /// <summary>The prefix of the store's own objects: <see cref="StoreKey.Own"/>.</summary>
    public string Own => _text + StoreKey.Own;

    public string Add(string key) => _text + key;

    public string Remove(string name) => name[_text.Length..];
}
