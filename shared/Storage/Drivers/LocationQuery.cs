namespace Mirror.Storage.Drivers;

/// <summary>The query of a store's location: known keys, each at most once, with a value.</summary>
internal sealed class LocationQuery
{
    private readonly Dictionary<string, string> _values = [];

    private LocationQuery()
    {
    }

    public string? this[string key] => _values.GetValueOrDefault(key);

    /// <summary>Splits the query off a location. Null if the query has any other keys.</summary>
    public static LocationQuery? Split(ref string text, params IReadOnlyList<string> known)
    {
        var mark = text.IndexOf('?', StringComparison.Ordinal);
        var query = mark < 0 ? null : text[(mark + 1)..];
        text = mark < 0 ? text : text[..mark];
        var found = new LocationQuery();
        return (query?.Split('&') ?? []).All(pair => found.TryAdd(pair, known)) ? found : null;
    }

    private bool TryAdd(string pair, IReadOnlyList<string> known) =>
        pair.Split('=', 2) is [var key, { Length: > 0 } value] && known.Contains(key) && _values.TryAdd(key, Uri.UnescapeDataString(value));
}
